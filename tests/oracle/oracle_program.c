/* SPDX-License-Identifier: MIT */
/* A command whose resource use is known beforehand: oracle_program KIND AMOUNT. */
#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const struct {
        const char *kind;
        int (*run)(long amount);
    } kinds[] = {{"burn", oracle_burn},
                 {"burnsys", oracle_burn_sys},
                 {"daemon", oracle_burn_as_daemon},
                 {"unreaped", oracle_burn_unreaped},
                 {"switches", oracle_switch},
                 {"forks", oracle_forks},
                 {"threads", oracle_threads},
                 {"memory", oracle_memory},
                 {"memory3", oracle_memory_of_three},
                 {"spike", oracle_memory_spike},
                 {"alive", oracle_alive},
                 {"write", oracle_write},
                 {"read", oracle_read_direct},
                 {"unlinks", oracle_failing_unlinks},
                 {"sleep", oracle_sleep},
                 {"futex", oracle_sleep_futex},
                 {"epoll", oracle_sleep_epoll},
                 {"poll", oracle_sleep_poll},
                 {"socket", oracle_sleep_socket},
                 {"socket_read", oracle_sleep_socket_read},
                 {"pipe", oracle_sleep_pipe},
                 {"select", oracle_sleep_select},
                 {"accept", oracle_sleep_accept},
                 {"child", oracle_sleep_child},
                 {"flock", oracle_sleep_flock},
                 {"fcntl", oracle_sleep_fcntl},
                 {"ring_wait", oracle_sleep_ring},
                 {"ring", oracle_ring_opens},
                 {"tcp", oracle_tcp},
                 {"udp", oracle_udp},
                 {"stacks", oracle_stacks}};
    for (size_t i = 0; argc == 3 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(argv[1], kinds[i].kind) == 0) return kinds[i].run(strtol(argv[2], NULL, 10));
    fprintf(stderr, "usage: oracle_program KIND AMOUNT\n");
    return 2;
}
