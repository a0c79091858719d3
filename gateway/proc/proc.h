/*
 * gateway/proc/proc.h - the supervisor, and how each process is started and confined.
 *
 * Shape:    `fedgate serve` calls proc_supervise() with a table of roles and a table of
 *           links.  Every role is fork and exec of /proc/self/exe with the hidden argument
 *           --role=NAME; main() hands such an argv to proc_child_main(), which calls the
 *           role's function.  A link is a SOCK_SEQPACKET pair between two roles; the supervisor
 *           keeps both ends open and gives the same end to a restarted process, so the peer of a
 *           crash keeps its descriptor (requests in flight are lost: use request ids, deadlines).
 *           Messages on a link are whole datagrams of at most PROC_MSG_BYTES.
 * Owns:     descriptors in struct proc_child belong to the role.
 * Errors:   FG_E_IO, FG_E_NOMEM, FG_E_PARAM, FG_E_UNSUPPORTED (confinement asked for and not
 *           to be had).
 * Refuses:  to start a role that is not in the table; to go on when a role cannot be confined.
 * Does not: read a key, a store or a network: the supervisor reads the configuration bytes it
 *           is given and control messages of its children, nothing else.
 * Source:   security.md rule 1.
 */
#ifndef PROC_H
#define PROC_H

#include "base/base.h"

#define PROC_LINKS_MAX 16
#define PROC_ROLES_MAX 8
#define PROC_MSG_BYTES (96u * 1024) /* of one message on a link */
#define PROC_CONFIG_BYTES (1024u * 1024)

/* Zero may do least: compute on what it holds, answer on its descriptors. */
enum proc_confine {
	PROC_CONFINE_ALL = 0, /* cred, parse: read, write, poll what is open; memory, time, exit */
	PROC_CONFINE_FETCH,   /* and outgoing sockets, threads, reading below /etc and the CA folders */
	PROC_CONFINE_GATEWAY, /* everything but exec, fork, ptrace, mount, io_uring and their like */
	PROC_CONFINE_MAX,
};

/*
 * Give up everything the role does not need: no new privileges, no core, not dumpable, and a
 * system call filter that refuses with EPERM and kills on exec and ptrace.  ALL and FETCH
 * are default-deny; GATEWAY is a list of what it never does, since the store and the TLS library
 * use too much of the system for an honest list of what they may.  FETCH's files are
 * limited by Landlock where the kernel has it.  Irreversible, for all threads.  Call after files
 * and keys are read and before the first byte from outside; failure is fatal.
 */
enum fg_rc confine(enum proc_confine role, struct fg_err *reterr) FG_MUST;

struct proc_child {
	const char *role;
	struct fg_str config; /* the bytes given to proc_supervise for this role */
	int ctl;              /* control socket to the supervisor; -1 in tests without one */
	const char *link_name[PROC_LINKS_MAX];
	int link_fd[PROC_LINKS_MAX];
	size_t links;
};

typedef int (*proc_main_fn)(const struct proc_child *c); /* returns the exit status */

enum proc_flag {
	PROC_READY = 1,     /* serving begins when every role with this flag said it is ready */
	PROC_ON_DEMAND = 2, /* not started at first: one process per proc_child_spawn */
	PROC_LAST = 4,      /* on stop: told only after every role without this flag has ended */
	PROC_RELOAD_RESTART = 8, /* SIGHUP: ended and started anew (it cannot open files any more) */
	PROC_ENV = 16,           /* gets the whole environment; others a few harmless variables */
};

struct proc_role {
	const char *name; /* "cred" */
	proc_main_fn main;
	unsigned flags;   /* of enum proc_flag */
	unsigned cpu_s;   /* RLIMIT_CPU; 0: none */
	size_t memory;    /* RLIMIT_AS in bytes; 0: none */
};

struct proc_link {
	const char *name; /* "keys" */
	const char *a, *b; /* two roles of the table */
};

struct proc_config {
	const struct proc_role *role;
	size_t roles;
	const struct proc_link *link;
	size_t links;
	struct fg_str role_config[PROC_ROLES_MAX]; /* for role[i]; at most PROC_CONFIG_BYTES */
	const char *exe;    /* NULL: /proc/self/exe */
	unsigned stop_ms;   /* patience on SIGTERM before SIGKILL; 0: 30,000 */
	int out;            /* where `listening on URL` lines go; usually STDOUT_FILENO */
};

/*
 * Run until SIGTERM or SIGINT (then 0), or until a role ends with an error before all were
 * ready (then its exit status: nothing is restarted that never worked).  A role that ends later is
 * started again after proc_backoff_ms.  SIGHUP goes to every role.
 */
int proc_supervise(const struct proc_config *c);

/* Milliseconds to wait before a role that failed so often is started again: 0, 100 .. 10,000. */
unsigned proc_backoff_ms(unsigned failures);

/* True when argv is of a child (--role=...). */
bool proc_is_child(int argc, char *const *argv);
/* Exit status of the role's function; 64 when the role is not in the table. */
int proc_child_main(int argc, char *const *argv, const struct proc_role *role, size_t roles);

/* The descriptor of a link, or -1. */
int proc_child_link(const struct proc_child *c, const char *name);
/* Report to the supervisor. url without line ends, at most 255 bytes. */
enum fg_rc proc_child_listening(const struct proc_child *c, struct fg_str url,
    struct fg_err *reterr) FG_MUST;
enum fg_rc proc_child_ready(const struct proc_child *c, struct fg_err *reterr) FG_MUST;
/*
 * Ask for one process of an ON_DEMAND role that talks on a new socket, whose other end becomes
 * *ret_fd (owned; close it to end the process).  Does not wait: what is sent before it runs is
 * kept.  There it is the link "job".
 */
enum fg_rc proc_child_spawn(const struct proc_child *c, const char *role, int *ret_fd,
    struct fg_err *reterr) FG_MUST;

/*
 * The same for a command, which has no supervisor: one process of that role.  It is told nothing and
 * reports nothing; what it leaves behind goes when the command ends.
 */
enum fg_rc proc_spawn_alone(const struct proc_role *role, int *ret_fd, struct fg_err *reterr) FG_MUST;

#endif
