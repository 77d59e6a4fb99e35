"""A kernel in one file of Python that `ktm conform` can test: processes, groups and sessions.

    ktm conform -- python3 kernel.py

It reads one request a line and writes one answer a line: docs/line-protocol.md.
"""

import json
import sys

OUT = 0x2000_0000_0000  # the address that stands for an area of the caller's own
EPERM, ESRCH, ECHILD, EFAULT, EINVAL = 1, 3, 10, 14, 22
WNOHANG, OPTIONS, WALL, WCLONE = 1, 0xE000000B, 0x40000000, 0x80000000


class Blocked(Exception):
    """The call sleeps."""


class Failed(Exception):
    """The call gives an errno."""


def fail(errno):
    raise Failed(errno)


def c_int(word):
    """The lower half of a register, signed: what a call that takes an int looks at."""
    return (word + 2**31) % 2**32 - 2**31


class Task:
    def __init__(self, pid, parent, pgid, sid):
        self.pid, self.parent, self.pgid, self.sid = pid, parent, pgid, sid
        self.leads_session = pid == 1
        self.children = []  # the eldest first
        self.state, self.status = "R", None
        self.wait = None  # the arguments of the wait4 it sleeps in


class Kernel:
    CALLS = "fork exit_group wait4 getpid getppid getpgrp getpgid getsid setpgid setsid".split()

    def __init__(self):
        init = Task(1, None, 1, 1)
        self.tasks, self.last_pid = {1: init}, 1
        self.returned = []

    def find(self, task, pid):
        return task if c_int(pid) == 0 else self.tasks.get(c_int(pid)) or fail(ESRCH)

    def members(self, pgid):
        return [task for task in self.tasks.values() if task.pgid == pgid]

    def fork(self, task):
        self.last_pid += 1
        child = Task(self.last_pid, task, task.pgid, task.sid)
        self.tasks[child.pid] = child
        task.children.append(child)
        return {"done": child.pid}

    def exit_group(self, task, status):
        task.state, task.status = "Z", (c_int(status) & 0xFF) << 8
        if task.pid == 1:  # without init there is nobody
            self.tasks, self.returned = {}, []
            return {"gone": True}
        init = self.tasks[1]
        for child in task.children:
            child.parent = init
            init.children.append(child)
        # Who waits runs only now, and finds all that has happened.
        adopted, task.children = task.children, []
        self.wake(init, [child for child in adopted if child.state == "Z"])
        self.wake(task.parent, [task])
        return {"gone": True}

    def wake(self, task, zombies):
        # Only a child that it waits for wakes a task.
        if task.wait and any(map(task.wait[0], zombies)):
            try:
                answer = self.attempt(lambda: self.look(task, *task.wait))
            except Blocked:
                return
            task.state, task.wait = "R", None
            self.returned.append({"task": task.pid, **answer})

    def wait4(self, task, pid, at, options, usage):
        pid, options = c_int(pid), options % 2**32
        if options & ~OPTIONS:
            fail(EINVAL)
        if pid == -(2**31):
            fail(ESRCH)
        pgid = task.pgid if pid == 0 else -pid
        wanted = lambda child: child.pid == pid if pid > 0 else child.pgid == pgid or pid == -1
        return self.look(task, wanted, at, options, usage)

    def look(self, task, wanted, at, options, usage):
        # Every child is one that fork made, and __WCLONE is for others.
        own = [] if options & WCLONE and not options & WALL else [c for c in task.children if wanted(c)]
        zombies = [child for child in own if child.state == "Z"]
        if not own:
            fail(ECHILD)
        if not zombies and options & WNOHANG:
            return {"done": 0}
        if not zombies:
            task.state, task.wait = "S", (wanted, at, options, usage)
            raise Blocked
        child = zombies[0]
        task.children.remove(child)
        del self.tasks[child.pid]
        if at not in (0, OUT) or usage:  # the child is gone all the same
            fail(EFAULT)
        return {"done": child.pid, **({"status": child.status} if at == OUT else {})}

    def setpgid(self, task, pid, pgid):
        pid = c_int(pid) or task.pid
        pgid = c_int(pgid) or pid
        if pgid < 0:
            fail(EINVAL)
        who = self.tasks.get(pid) or fail(ESRCH)
        if who is not task and who.parent is not task:
            fail(ESRCH)
        if who.sid != task.sid or who.leads_session:
            fail(EPERM)
        if pgid != pid and not any(member.sid == task.sid for member in self.members(pgid)):
            fail(EPERM)
        who.pgid = pgid
        return {"done": 0}

    def setsid(self, task):
        if task.leads_session or self.members(task.pid):
            fail(EPERM)
        task.pgid = task.sid = task.pid
        task.leads_session = True
        return {"done": task.pid}

    def call(self, task, name, args):
        values = {
            "getpid": lambda: task.pid,
            "getppid": lambda: task.parent.pid if task.parent else 0,
            "getpgrp": lambda: task.pgid,
            "getpgid": lambda pid: self.find(task, pid).pgid,
            "getsid": lambda pid: self.find(task, pid).sid,
        }
        if name in values:
            return {"done": values[name](*args)}
        return getattr(self, name)(task, *args)

    @staticmethod
    def attempt(call):
        try:
            return call()
        except Failed as failed:
            return {"done": -failed.args[0]}

    def step(self, task, call, args):
        try:
            return self.attempt(lambda: self.call(self.tasks[task], call, args))
        except Blocked:
            return {"blocked": True}

    def take_returned(self):
        returned, self.returned = self.returned, []
        return {"returned": returned}

    def observe(self):
        def seen(task):
            ppid = task.parent.pid if task.parent else 0
            return {"tid": task.pid, "state": task.state, "ppid": ppid, "pgid": task.pgid, "sid": task.sid}

        return {"tasks": [seen(task) for task in self.tasks.values()]}


def main():
    kernel = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "boot":
            kernel = Kernel()
            answer = {"ok": True, "observes": ["state", "ppid", "pgid", "sid"], "calls": Kernel.CALLS}
        elif request["op"] == "step":
            answer = kernel.step(request["task"], request["call"], request["args"])
        elif request["op"] == "returned":
            answer = kernel.take_returned()
        else:
            answer = kernel.observe()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
