/* SPDX-License-Identifier: MIT */
/* Known traffic with files and sockets. */
#include "oracle.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BLOCK 65536

int oracle_write(long kib)
{
    char block[1024];
    memset(block, 'x', sizeof block);
    int fd = open("written", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0) return 1;
    for (long i = 0; i < kib; i++)
        if (write(fd, block, sizeof block) != (ssize_t)sizeof block) return 1;
    return fsync(fd) != 0 || close(fd) != 0;
}

int oracle_read_direct(long kib)
{
    void *block;
    int fd = open("written", O_RDONLY | O_DIRECT);
    if (fd < 0 || posix_memalign(&block, 4096, BLOCK) != 0) return 1;
    for (long i = 0; i < kib * 1024 / BLOCK; i++)
        if (read(fd, block, BLOCK) != BLOCK) return 1;
    return close(fd);
}

int oracle_failing_unlinks(long count)
{
    for (long i = 0; i < count; i++)
        if (syscall(SYS_unlinkat, AT_FDCWD, "there is no such file", 0) == 0) return 1;
    return 0;
}

struct ring {
    int fd;
    unsigned *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
    struct io_uring_sqe *sqes;
    struct io_uring_cqe *cqes;
};

static int ring_open(struct ring *ring)
{
    struct io_uring_params p = {0};
    ring->fd = (int)syscall(SYS_io_uring_setup, 4, &p);
    if (ring->fd < 0) return 77; /* forbidden here */
    size_t sq_size = p.sq_off.array + p.sq_entries * sizeof(unsigned),
           cq_size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
    char *sq =
        mmap(NULL, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
    char *cq =
        mmap(NULL, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_CQ_RING);
    ring->sqes = mmap(NULL, p.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
                      MAP_SHARED, ring->fd, IORING_OFF_SQES);
    if (sq == MAP_FAILED || cq == MAP_FAILED || (void *)ring->sqes == MAP_FAILED) return 1;
    ring->sq_tail = (unsigned *)(void *)(sq + p.sq_off.tail);
    ring->sq_mask = (unsigned *)(void *)(sq + p.sq_off.ring_mask);
    ring->sq_array = (unsigned *)(void *)(sq + p.sq_off.array);
    ring->cq_head = (unsigned *)(void *)(cq + p.cq_off.head);
    ring->cq_tail = (unsigned *)(void *)(cq + p.cq_off.tail);
    ring->cq_mask = (unsigned *)(void *)(cq + p.cq_off.ring_mask);
    ring->cqes = (struct io_uring_cqe *)(void *)(cq + p.cq_off.cqes);
    return 0;
}

/* Submits one request and waits for it; its result. */
static int ring_do(struct ring *ring, struct io_uring_sqe request)
{
    unsigned tail = *ring->sq_tail, at = tail & *ring->sq_mask;
    ring->sqes[at] = request;
    ring->sq_array[at] = at;
    __atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
        return -EIO;
    unsigned head = *ring->cq_head;
    if (head == __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE)) return -EIO;
    int result = ring->cqes[head & *ring->cq_mask].res;
    __atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
    return result;
}

/* The file descriptor, or a negative errno. */
static int ring_openat(struct ring *ring, const char *path)
{
    return ring_do(ring, (struct io_uring_sqe){.opcode = IORING_OP_OPENAT,
                                               .fd = AT_FDCWD,
                                               .addr = (uint64_t)(uintptr_t)path,
                                               .open_flags = O_RDONLY});
}

int oracle_sleep_ring(long ms)
{
    struct ring ring;
    struct __kernel_timespec wait = {ms / 1000, ms % 1000 * 1000000};
    int rc = ring_open(&ring);
    if (rc != 0) return rc;
    int result = ring_do(&ring, (struct io_uring_sqe){.opcode = IORING_OP_TIMEOUT,
                                                      .fd = -1,
                                                      .addr = (uint64_t)(uintptr_t)&wait,
                                                      .len = 1});
    return result == -ETIME ? 0 : 1;
}

int oracle_ring_opens(long count)
{
    struct ring ring;
    int rc = ring_open(&ring);
    for (long i = 0; rc == 0 && i < count; i++) {
        int fd = ring_openat(&ring, "/dev/null");
        if (fd < 0) return 1;
        close(fd);
    }
    return rc;
}

static int connect_to(int type, long port)
{
    struct sockaddr_in peer = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)port),
                               .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, type, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&peer, sizeof peer) == 0 ? fd : -1;
}

static int exchange(int fd, size_t chunk)
{
    static char out[ORACLE_DATAGRAM_BYTES], in[ORACLE_DATAGRAM_BYTES];
    for (size_t sent = 0; sent < ORACLE_NET_BYTES; sent += chunk) {
        if (write(fd, out, chunk) != (ssize_t)chunk) return 1;
        for (size_t got = 0; got < chunk;) {
            ssize_t n = read(fd, in, chunk - got);
            if (n <= 0) return 1;
            got += (size_t)n;
        }
    }
    return close(fd);
}

int oracle_tcp(long port)
{
    int fd = connect_to(SOCK_STREAM, port);
    return fd < 0 ? 1 : exchange(fd, ORACLE_DATAGRAM_BYTES);
}

int oracle_udp(long port)
{
    int fd = connect_to(SOCK_DGRAM, port);
    return fd < 0 ? 1 : exchange(fd, ORACLE_DATAGRAM_BYTES);
}
