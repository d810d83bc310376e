/* SPDX-License-Identifier: MIT */
/* Feeds every file of the folders given as arguments to a fuzz target, without a fuzzing engine. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int fail(const char *what, const char *name)
{
    fprintf(stderr, "replay: %s: %s\n", what, name);
    return -1;
}

/* The input gets a heap block of exactly its size, so that a sanitizer sees reads past its end. */
static int replay_file(int dirfd, const char *name)
{
    int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0) close(fd);
        return fail("cannot open", name);
    }
    size_t size = (size_t)st.st_size, got = 0;
    uint8_t *data = malloc(size ? size : 1);
    while (data && got < size) {
        ssize_t n = read(fd, data + got, size - got);
        if (n <= 0) break;
        got += (size_t)n;
    }
    close(fd);
    if (!data || got != size) {
        free(data);
        return fail("cannot read", name);
    }
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

static long replay_folder(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) return fail("cannot open folder", path);
    long count = 0;
    for (struct dirent *e; count >= 0 && (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.') continue;
        count = replay_file(dirfd(dir), e->d_name) == 0 ? count + 1 : -1;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    long total = 0;
    for (int i = 1; i < argc; i++) {
        long n = replay_folder(argv[i]);
        if (n < 0) return 1;
        total += n;
    }
    printf("%ld inputs replayed\n", total);
    return total > 0 ? 0 : fail("no inputs", argc > 1 ? argv[1] : "no folder given") ? 1 : 0;
}
