/* SPDX-License-Identifier: MIT */
#ifndef PB_ORACLE_H
#define PB_ORACLE_H

/* The kinds of work of oracle_program, whose resource use is known beforehand. Each returns the
 * program's exit status. */
enum { ORACLE_NET_BYTES = 3000000, ORACLE_DATAGRAM_BYTES = 30000 };

int oracle_burn(long ms);
int oracle_burn_sys(long ms);
int oracle_burn_as_daemon(long ms);
int oracle_burn_unreaped(long ms); /* in a child whose parent ignores SIGCHLD */
int oracle_switch(long times);
int oracle_forks(long count);
int oracle_threads(long count);
int oracle_memory(long mib);
int oracle_memory_of_three(long mib); /* each, at the same time */
int oracle_memory_spike(long kib);    /* given back at once; then it goes on */
int oracle_alive(long count);         /* children at the same time */

int oracle_write(long kib);
int oracle_read_direct(long kib); /* past the page cache, what `write` left */
int oracle_failing_unlinks(long count);
int oracle_ring_opens(long count); /* through io_uring */
int oracle_tcp(long port);         /* sends and receives ORACLE_NET_BYTES */
int oracle_udp(long port);

int oracle_sleep(long ms);
int oracle_sleep_futex(long ms);
int oracle_sleep_epoll(long ms);
int oracle_sleep_poll(long ms);
int oracle_sleep_socket(long ms);
int oracle_sleep_socket_read(long ms);
int oracle_sleep_pipe(long ms);
int oracle_sleep_select(long ms);
int oracle_sleep_accept(long ms);
int oracle_sleep_child(long ms);
int oracle_sleep_flock(long ms);
int oracle_sleep_fcntl(long ms); /* for a record lock */
int oracle_sleep_ring(long ms);  /* for a completion of io_uring */

int oracle_stacks(long ms); /* burns CPU and waits in functions with known callers */

#endif
