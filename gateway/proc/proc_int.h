/*
 * gateway/proc/proc_int.h - private to gateway/proc and its tests.
 *
 * spawn.c      fork and exec with exactly the descriptors that a role gets
 * supervise.c  the loop: signals, control messages, restarts, the stop
 * child.c      the other side: what a role finds and what it reports
 * confine.c    what a role may ask of the kernel
 */
#ifndef PROC_INT_H
#define PROC_INT_H

#include <sys/types.h>

#include "gateway/proc/proc.h"

/* Descriptors of a child, by number. */
#define CHILD_CTL 3
#define CHILD_CONFIG 4
#define CHILD_LINKS 5
#define CHILD_FD_MAX (CHILD_LINKS + PROC_LINKS_MAX)

/* Control messages: one byte, then text.  SPAWN carries a descriptor. */
#define CTL_LISTENING 'L'
#define CTL_READY 'R'
#define CTL_SPAWN 'S'
#define CTL_TEXT_MAX 255

struct spawn {
	const char *exe;
	const struct proc_role *role;
	int ctl, config; /* borrowed; ctl -1: none */
	const char *link_name[PROC_LINKS_MAX];
	int link_fd[PROC_LINKS_MAX]; /* borrowed */
	size_t links;
};

/* The new process's number, or -1 with errno. */
pid_t spawn_role(const struct spawn *s);
/* Bytes in a sealed memory file; -1 with errno. */
int config_fd(const char *name, struct fg_str bytes);
/* A datagram with an optional descriptor (fd -1: none). */
bool ctl_send(int sock, char type, struct fg_str text, int fd);
/* *ret_fd is -1 or owned; text is terminated.  Bytes of text, -1 nothing there, -2 hung up. */
ptrdiff_t ctl_receive(int sock, char *ret_type, char text[CTL_TEXT_MAX + 1], int *ret_fd);
/* Tell systemd, when it started us. */
void notify(const char *state);

#endif
