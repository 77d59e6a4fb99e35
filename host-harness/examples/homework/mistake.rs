//! The mistakes that the kernel can be made to make, one at a time.

macro_rules! mistakes {
    ($($name:ident, $area:literal, $says:literal;)*) => {
        /// A mistake that people make when they write a kernel.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Mistake {
            $(#[doc = $says] $name,)*
        }

        impl Mistake {
            /// Every mistake.
            pub const ALL: &[Mistake] = &[$(Mistake::$name,)*];

            /// Its name in one word.
            const fn camel(self) -> &'static str {
                match self { $(Mistake::$name => stringify!($name),)* }
            }

            /// What the student would say.
            pub const fn says(self) -> &'static str {
                match self { $(Mistake::$name => $says,)* }
            }

            /// What it is about.
            pub const fn area(self) -> &'static str {
                match self { $(Mistake::$name => $area,)* }
            }
        }
    };
}

mistakes! {
    FrameCountNotRaised, "fork", "fork does not count that the child has the frames too";
    BothWritable, "fork", "fork leaves the pages of both parent and child writable";
    ChildWritable, "fork", "fork takes the right to write from the parent's pages, but not from the child's";
    CopyForgetsBytes, "fork", "the copy that copy-on-write makes begins as zeroes";
    SharedCopiedAtFork, "fork", "fork makes private copies of shared mappings";
    DontforkIgnored, "fork", "MADV_DONTFORK is accepted, and fork copies the pages all the same";
    WipeonforkKeeps, "fork", "MADV_WIPEONFORK is accepted, and the child sees the bytes all the same";
    CountIsSmall, "fork", "the reference count of an open file has three bits, and wraps";
    CloneParentForgotten, "fork", "with CLONE_PARENT the child is still the caller's";
    SubreaperInherited, "fork", "the child of a subreaper is a subreaper";
    ForkForgetsFileCount, "fork", "fork copies the descriptors and does not count the open files again";
    VforkDoesNotWait, "fork", "vfork returns to the parent at once";
    VforkCopies, "fork", "vfork and CLONE_VM copy the address space";
    VforkWokenByGrandchild, "fork", "the parent in vfork is woken when a grandchild ends";
    FrameCountNotDropped, "exit", "exit does not drop the frames of the process";
    OrphansWithSubtree, "exit", "orphans move to init with all of their own children";
    OrphanToGrandparent, "exit", "orphans go to their grandparent";
    SubreaperForgotten, "exit", "orphans always go to init, whoever is a subreaper";
    SubreaperOnlyForLaterBorn, "exit", "a subreaper adopts only descendants born after it became one";
    AdoptedZombieNotTold, "exit", "nobody is told of a zombie that changes its parent";
    ExitGroupEndsOneThread, "exit", "exit_group ends only the thread that calls it";
    ExitKeepsDescriptors, "exit", "exit leaves the descriptors open";
    ZombieReapedTwice, "wait", "a zombie can be waited for again and again";
    WaitInOrderOfDeath, "wait", "wait takes the child that died first, not the eldest";
    StatusNotShifted, "wait", "the exit status is stored as it is, not shifted by 8 bits";
    KilledLooksExited, "wait", "a killed child seems to have exited with 128 and the signal";
    WnohangBlocks, "wait", "WNOHANG is not looked at";
    ZeroWaitsForAny, "wait", "waitpid(0) waits for any child, not for those of the group";
    EchildMissing, "wait", "without children wait sleeps for ever";
    BadAddressKeepsZombie, "wait", "where the status cannot be stored, the zombie stays";
    WnowaitReaps, "wait", "WNOWAIT is not looked at";
    StoppedReportedTwice, "wait", "a stopped child is reported by every wait";
    ContinuedNeverReported, "wait", "a continued child is never reported";
    StopWakesNoWaiter, "wait", "who sleeps in wait with WUNTRACED is not woken by a stop";
    PidReusedWhileGroup, "pids", "the lowest free number is handed out, though it may still name a group";
    TgidForTid, "pids", "gettid gives the number of the process";
    TidForTgid, "pids", "getpid gives the number of the thread";
    GetppidRemembers, "pids", "getppid gives the parent at birth, also after that one has ended";
    ChildLeadsGroup, "groups", "each child leads a group of its own";
    SetpgidAfterExec, "groups", "setpgid works on a child that has exec'ed";
    SessionLeaderSetpgid, "groups", "a session leader may change its group";
    SetpgidAnyGroup, "groups", "setpgid enters groups of other sessions, and groups that do not exist";
    SetsidOfGroupLeader, "groups", "setsid works for a group leader";
    SetsidKeepsGroup, "groups", "setsid leaves the caller in its group";
    OrphanedGroupStaysStopped, "groups", "a stopped group that becomes orphaned is not told";
    KillIgnoredWhileStopped, "signals", "a stopped process ignores SIGKILL";
    KillAllHitsCaller, "signals", "kill(-1) reaches the caller too";
    InitCanBeKilled, "signals", "init can be killed like any other";
    KillZeroIsSelf, "signals", "kill(0) reaches the caller alone";
    ZombieIsNobody, "signals", "kill of a zombie gives ESRCH";
    AnySignalNumber, "signals", "signal 65 is accepted";
    TgkillIgnoresTgid, "signals", "tgkill does not look whether the thread is of that process";
    OrphansStopAtTerminal, "signals", "SIGTSTP stops members of an orphaned group";
    MunmapCutsTheRest, "memory", "munmap of the beginning of a mapping unmaps all of it";
    MunmapRoundsDown, "memory", "munmap rounds the length down to whole pages";
    MprotectLetsPresentPages, "memory", "mprotect does not concern pages that are present";
    ProtNoneReadable, "memory", "PROT_NONE can be read";
    FixedKeepsOldPages, "memory", "MAP_FIXED over a mapping keeps its pages";
    NoreplaceReplaces, "memory", "MAP_FIXED_NOREPLACE replaces what is there";
    DontneedKeeps, "memory", "MADV_DONTNEED does nothing";
    BrkBelowStart, "memory", "brk accepts an end below the beginning of the heap";
    ZeroPageWritable, "memory", "a page that was read first is mapped writable: everybody writes into the page of zeroes";
    EofNotWoken, "pipes", "the last close of the write end does not wake the reader";
    WriteToNobodyGivesZero, "pipes", "a write that nobody can read gives 0";
    NoSigpipe, "pipes", "a write that nobody can read gives EPIPE and no signal";
    WriterNotWoken, "pipes", "a read that makes room does not wake the writer";
    ReadWaitsForAll, "pipes", "read waits until all the bytes it asked for are there";
    CloneFilesCopies, "descriptors", "CLONE_FILES copies the descriptors";
    NotLowestDescriptor, "descriptors", "a new descriptor comes after the highest open one";
    CloseTwice, "descriptors", "close of what is not open gives 0";
    DupKeepsCloexec, "descriptors", "the copy that dup makes is close-on-exec if the original is";
    Dup2SameCloses, "descriptors", "dup2 of a descriptor onto itself closes it";
    Dup2LeaksOld, "descriptors", "dup2 does not close what the descriptor named before";
    CloexecForgotten, "exec", "exec does not look at close-on-exec";
    ExecClosesForAll, "exec", "close-on-exec closes the descriptors of those who share the table too";
    ExecKeepsMemory, "exec", "exec keeps the memory of the old program";
    VforkWaitsForExit, "exec", "the parent in vfork is not woken by exec, only by exit";
    ExecKeepsThreads, "exec", "exec leaves the other threads running";
    ExecKeepsTid, "exec", "a thread that execs keeps its own number";
    LeaderEndsProcess, "threads", "exit of the first thread ends the process";
    SiblingsChildrenNotSeen, "threads", "wait does not see the children of the caller's other threads";
    StopStopsOneThread, "threads", "a stop signal stops only the thread that takes it";
    ThreadNeedsNothing, "threads", "CLONE_THREAD is accepted without CLONE_SIGHAND";
}

impl Mistake {
    /// Its name as it is written on the command line: `zombie-reaped-twice`.
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in self.camel().chars() {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.extend(letter.to_lowercase());
        }
        name
    }

    /// The mistake of this name.
    pub fn named(name: &str) -> Option<Mistake> {
        Mistake::ALL
            .iter()
            .copied()
            .find(|mistake| mistake.name() == name)
    }
}
