/* sh -c COMMANDS [NAME ARG...]: a small shell. Without -c it reads commands, a line at a time.

   Words with quotes and $NAME, $?, $$, $!, $0..$9, $#; assignments; redirections between descriptors (2>&1, 3>&-);
   commands joined by | && || ; & and newlines, grouped by ( ); ! before a pipeline. The commands cd-less: `:`,
   exit, exec, wait, true and false are the shell's own, all others are programs, found along PATH. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 128, REDIRECTIONS = 8, COMMANDS = 32, LONGEST_WORD = 4096, LONGEST_LINE = 65536 };

struct redirection {
    int to;
    int from; /* -1: close */
};

struct command {
    char *word[WORDS + 1];
    int words;
    struct redirection redirection[REDIRECTIONS];
    int redirections;
    const char *group; /* behind the ( of a group, instead of words */
};

static const char *text; /* what is still to be read */
static int line = 1;
static int dry; /* reading for syntax only: nothing is expanded and nothing run */
static int last_status;
static pid_t last_background;
static char *name = "sh";
static char **arguments;
static int argument_count;

static void run_list(int last);

static void syntax_error(void)
{
    size_t n = strcspn(text, " \t\n");
    char token[64];

    if (strchr(";&|()", *text) && *text)
        n = text[0] == text[1] ? 2 : 1;
    if (n >= sizeof token)
        n = sizeof token - 1;
    memcpy(token, text, n);
    token[n] = 0;
    if (*text == '\n')
        fprintf(stderr, "%s: %d: Syntax error: newline unexpected\n", name, line);
    else if (*text)
        fprintf(stderr, "%s: %d: Syntax error: \"%s\" unexpected\n", name, line, token);
    else
        fprintf(stderr, "%s: %d: Syntax error: end of file unexpected\n", name, line);
    exit(2);
}

static void fail(const char *what)
{
    fprintf(stderr, "%s: %d: %s\n", name, line, what);
    exit(2);
}

/* Words. */

struct word {
    char s[LONGEST_WORD];
    int n;
    int quoted; /* an empty word in quotes is still a word */
};

static void add_char(struct word *word, char c)
{
    if (word->n + 1 >= LONGEST_WORD)
        fail("a word is too long");
    word->s[word->n++] = c;
}

static void finish_word(struct command *command, struct word *word)
{
    if (word->n == 0 && !word->quoted)
        return;
    if (command->words == WORDS)
        fail("too many words in a command");
    word->s[word->n] = 0;
    command->word[command->words++] = strdup(word->s);
    word->n = 0;
    word->quoted = 0;
}

/* The value behind a $, whose name is passed over; 0 where there is none. */
static const char *variable(char number[24])
{
    char variable_name[256];
    int braces = *text == '{', n = 0;
    const char *value = 0;

    if (braces)
        text++;
    if (*text && strchr("?$!#", *text)) {
        sprintf(number, "%d",
                *text == '?'   ? last_status
                : *text == '$' ? (int)getpid()
                : *text == '!' ? (int)last_background
                               : argument_count);
        value = *text == '!' && !last_background ? "" : number;
        text++;
    } else if (isdigit((unsigned char)*text)) {
        n = *text++ - '0';
        value = n == 0 ? name : n <= argument_count ? arguments[n - 1] : "";
    } else {
        while ((isalnum((unsigned char)*text) || *text == '_') && n < 255)
            variable_name[n++] = *text++;
        variable_name[n] = 0;
        if (n > 0)
            value = getenv(variable_name) ? getenv(variable_name) : "";
    }
    if (braces && *text++ != '}')
        fail("Bad substitution");
    return value;
}

/* A $ and what follows. Unquoted, the value is cut into words at its spaces. */
static void expand(struct command *command, struct word *word, int in_quotes)
{
    char number[24];
    const char *value = variable(number);

    if (dry) {
        word->quoted = 1;
        return;
    }
    if (!value)
        value = "$";
    for (; *value; value++) {
        if (!in_quotes && isspace((unsigned char)*value))
            finish_word(command, word);
        else
            add_char(word, *value);
    }
}

static void read_single_quotes(struct word *word)
{
    word->quoted = 1;
    for (; *text != '\''; text++) {
        if (!*text)
            fail("Syntax error: Unterminated quoted string");
        add_char(word, *text);
    }
    text++;
}

static void read_double_quotes(struct command *command, struct word *word)
{
    word->quoted = 1;
    while (*text != '"') {
        if (!*text)
            fail("Syntax error: Unterminated quoted string");
        if (*text == '$') {
            text++;
            expand(command, word, 1);
        } else if (*text == '\\' && text[1] && strchr("\\\"$`", text[1])) {
            add_char(word, text[1]);
            text += 2;
        } else {
            add_char(word, *text++);
        }
    }
    text++;
}

static void read_word(struct command *command)
{
    struct word word;

    word.n = word.quoted = 0;
    while (*text && !strchr(" \t\n;&|()<>", *text)) {
        char c = *text++;

        if (c == '\'')
            read_single_quotes(&word);
        else if (c == '"')
            read_double_quotes(command, &word);
        else if (c == '$')
            expand(command, &word, 0);
        else if (c == '\\' && *text)
            add_char(&word, *text++);
        else if (c == '`')
            fail("command substitution is not supported");
        else
            add_char(&word, c);
    }
    finish_word(command, &word);
}

static void skip_blanks(void)
{
    for (;;) {
        while (*text == ' ' || *text == '\t')
            text++;
        if (*text != '#')
            return;
        text += strcspn(text, "\n");
    }
}

static void skip_lines(void)
{
    for (skip_blanks(); *text == '\n'; skip_blanks()) {
        text++;
        line++;
    }
}

/* n>&m and n<&m, with - for m to close. */
static int read_redirection(struct command *command)
{
    const char *p = text;
    struct redirection *redirection = &command->redirection[command->redirections];

    while (isdigit((unsigned char)*p))
        p++;
    if (*p != '<' && *p != '>')
        return 0;
    if (command->redirections == REDIRECTIONS)
        fail("too many redirections");
    redirection->to = p > text ? atoi(text) : *p == '>';
    if (p[1] != '&' || !(isdigit((unsigned char)p[2]) || p[2] == '-'))
        fail("there are no files to redirect to");
    redirection->from = p[2] == '-' ? -1 : atoi(p + 2);
    for (p += 3; isdigit((unsigned char)*p); p++)
        ;
    text = p;
    command->redirections++;
    return 1;
}

static void read_group(struct command *command)
{
    int was_dry = dry;

    command->group = ++text;
    dry = 1;
    run_list(0);
    dry = was_dry;
    if (*text != ')')
        syntax_error();
    text++;
}

static void read_command(struct command *command)
{
    memset(command, 0, sizeof *command);
    skip_blanks();
    if (*text == '(')
        read_group(command);
    for (;;) {
        skip_blanks();
        if (read_redirection(command))
            continue;
        if (!*text || strchr("\n;&|)", *text))
            break;
        if (command->group || *text == '(')
            syntax_error();
        read_word(command);
    }
}

static void free_words(struct command *command)
{
    while (command->words > 0)
        free(command->word[--command->words]);
}

/* Running. */

static int status_of(int status)
{
    int sig;

    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    sig = WTERMSIG(status);
    if (sig != SIGINT && sig != SIGPIPE)
        fprintf(stderr, "%s%s\n", strsignal(sig), WCOREDUMP(status) ? " (core dumped)" : "");
    return 128 + sig;
}

static int wait_for(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 127;
    return status_of(status);
}

static void redirect(const struct command *command)
{
    int i;

    for (i = 0; i < command->redirections; i++) {
        const struct redirection *r = &command->redirection[i];
        if (r->from < 0) {
            close(r->to);
        } else if (dup2(r->from, r->to) < 0) {
            fprintf(stderr, "%s: %d: %d: %s\n", name, line, r->from, strerror(errno));
            exit(2);
        }
    }
}

/* NAME=value words at the start of a command; their number. */
static int assignments(struct command *command)
{
    int i;

    for (i = 0; i < command->words; i++) {
        char *s = command->word[i];
        if (!isalpha((unsigned char)*s) && *s != '_')
            break;
        while (isalnum((unsigned char)*s) || *s == '_')
            s++;
        if (*s != '=')
            break;
    }
    return i;
}

static void assign(struct command *command, int count)
{
    char *equals;
    int i;

    for (i = 0; i < count; i++) {
        equals = strchr(command->word[i], '=');
        *equals = 0;
        setenv(command->word[i], equals + 1, 1);
        *equals = '=';
    }
}

static void execute(char **words)
{
    int status = 126;

    execvp(words[0], words);
    if (errno == ENOENT) {
        status = 127;
        fprintf(stderr, "%s: %d: %s: not found\n", name, line, words[0]);
    } else {
        fprintf(stderr, "%s: %d: %s: %s\n", name, line, words[0], strerror(errno));
    }
    exit(status);
}

/* In a process of its own, or in place of the shell: does not return. */
static void become(struct command *command)
{
    int count;

    redirect(command);
    if (command->group) {
        text = command->group;
        run_list(1);
        exit(last_status);
    }
    count = assignments(command);
    assign(command, count);
    if (count == command->words)
        exit(0);
    execute(command->word + count);
}

static int run_wait(struct command *command)
{
    int status = 0, i;

    if (command->words == 1) {
        while (wait(0) > 0)
            ;
        return 0;
    }
    for (i = 1; i < command->words; i++)
        status = wait_for(atoi(command->word[i]));
    return status;
}

/* Runs what the shell does itself; 0 where that is not the case. */
static int run_own(struct command *command)
{
    int count = assignments(command);
    const char *word;

    if (command->group)
        return 0;
    last_status = 0;
    if (count == command->words) {
        assign(command, count);
        return 1;
    }
    if (count > 0)
        return 0;
    word = command->word[0];
    if (strcmp(word, ":") == 0 || strcmp(word, "true") == 0)
        return 1;
    if (strcmp(word, "false") == 0) {
        last_status = 1;
        return 1;
    }
    if (strcmp(word, "wait") == 0) {
        last_status = run_wait(command);
        return 1;
    }
    if (strcmp(word, "exec") == 0) {
        redirect(command);
        if (command->words > 1)
            execute(command->word + 1);
        return 1;
    }
    return 0;
}

/* `exit` is the only command that ends the shell itself. */
static void run_exit(struct command *command, int status)
{
    if (!command->group && command->words > 0 && strcmp(command->word[0], "exit") == 0)
        exit(command->words > 1 ? atoi(command->word[1]) : status);
}

/* A child for one command of a pipeline, reading from `in` and writing to `out`. */
static pid_t start(struct command *command, int in, int out, int not_this)
{
    pid_t pid = fork();

    if (pid < 0) {
        fprintf(stderr, "%s: %d: Cannot fork\n", name, line);
        exit(2);
    }
    if (pid > 0)
        return pid;
    if (in != STDIN_FILENO) {
        dup2(in, STDIN_FILENO);
        close(in);
    }
    if (out != STDOUT_FILENO) {
        dup2(out, STDOUT_FILENO);
        close(out);
    }
    if (not_this >= 0)
        close(not_this);
    run_exit(command, last_status);
    if (run_own(command))
        exit(last_status);
    become(command);
    return 0;
}

/* Starts a pipeline; the last process. */
static pid_t start_pipeline(struct command *command, int count, pid_t *pids)
{
    int in = STDIN_FILENO, i;
    int ends[2];

    for (i = 0; i < count; i++) {
        ends[0] = -1;
        ends[1] = STDOUT_FILENO;
        if (i + 1 < count && pipe(ends) < 0)
            fail("Pipe call failed");
        pids[i] = start(command + i, in, ends[1], ends[0]);
        if (in != STDIN_FILENO)
            close(in);
        if (ends[1] != STDOUT_FILENO)
            close(ends[1]);
        in = ends[0];
    }
    return pids[count - 1];
}

static void run_pipeline(struct command *command, int count, int background, int last)
{
    pid_t pids[COMMANDS];
    int before = last_status, i;

    if (background) {
        last_background = start_pipeline(command, count, pids);
        last_status = 0;
        return;
    }
    if (count == 1) {
        run_exit(command, before);
        if (run_own(command))
            return;
        if (last)
            become(command);
    }
    start_pipeline(command, count, pids);
    for (i = 0; i < count; i++)
        last_status = wait_for(pids[i]);
}

/* Whether nothing follows that the shell would have to run. */
static int at_end(void)
{
    const char *p = text;

    while (isspace((unsigned char)*p) || *p == ';')
        p++;
    return !*p || *p == ')';
}

/* Reads a pipeline and runs it, unless skip says that && or || have decided against it. */
static void read_pipeline(int skip, int last)
{
    struct command command[COMMANDS];
    int count = 0, negate = 0, background, was_dry = dry;

    skip_blanks();
    for (; *text == '!' && (text[1] == ' ' || text[1] == '\t'); negate = !negate) {
        text++;
        skip_blanks();
    }
    dry |= skip;
    for (;;) {
        if (count == COMMANDS)
            fail("too many commands in a pipeline");
        read_command(&command[count]);
        if (!command[count].group && !command[count].words && !command[count].redirections &&
            (dry || *text == '|' || *text == '&' || count > 0))
            syntax_error();
        count++;
        if (*text != '|' || text[1] == '|')
            break;
        text++;
        skip_lines();
    }
    dry = was_dry;
    background = *text == '&' && text[1] != '&';
    if (!dry && !skip) {
        run_pipeline(command, count, background, last && !negate && at_end());
        if (negate)
            last_status = !last_status;
    }
    while (count > 0)
        free_words(&command[--count]);
}

static void run_and_or(int last)
{
    int skip = 0;
    char operator;

    for (;;) {
        read_pipeline(skip, last);
        operator = *text;
        if ((operator != '&' && operator != '|') || text[1] != operator)
            return;
        text += 2;
        skip_lines();
        skip = operator == '&' ? last_status != 0 : last_status == 0;
    }
}

/* Commands up to the end of the text or the ) of a group; the last of them may take the shell's place. */
static void run_list(int last)
{
    for (;;) {
        skip_lines();
        if (!*text || *text == ')')
            return;
        run_and_or(last);
        if (*text == ';' || *text == '&')
            text++;
        else if (*text && *text != '\n' && *text != ')')
            syntax_error();
    }
}

static void run(const char *commands, int last)
{
    int first_line = line;

    dry = 1;
    text = commands;
    run_list(0);
    if (*text)
        syntax_error();
    dry = 0;
    line = first_line;
    text = commands;
    run_list(last);
}

/* Byte by byte, since what follows the line belongs to the commands on it. */
static int read_line(char *s)
{
    int n = 0;

    while (n < LONGEST_LINE - 1 && read(STDIN_FILENO, s + n, 1) == 1)
        if (s[n++] == '\n')
            break;
    s[n] = 0;
    return n;
}

int main(int argc, char **argv)
{
    static char input[LONGEST_LINE];

    if (argc > 1 && strcmp(argv[1], "-c") == 0) {
        if (argc == 2)
            fail("-c requires an argument");
        if (argc > 3) {
            name = argv[3];
            arguments = argv + 4;
            argument_count = argc - 4;
        }
        run(argv[2], 1);
        return last_status;
    }
    if (argc > 1) {
        fprintf(stderr, "sh: 0: cannot open %s: No such file\n", argv[1]);
        return 2;
    }
    while (read_line(input))
        run(input, 0);
    return last_status;
}
