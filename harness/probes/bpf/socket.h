/* SPDX-License-Identifier: MIT */
/*
 * Payload of IPv4 and IPv6 sockets, byte exact, in the context of the process; TCP connections that
 * the tree opened (successful or not); IP bytes of the tree's cgroup.
 */
#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define MSG_PEEK 2
#define TCP_SYN_SENT 2

static __always_inline bool is_internet(const struct sock *sk)
{
    unsigned short family = sk->__sk_common.skc_family;
    return family == AF_INET || family == AF_INET6;
}

PB_TRACEPOINT(sock_send_length)
int BPF_PROG(on_sock_send_length, struct sock *sk, int length)
{
    struct pb_tree_counters *c = tree_counters();
    if (length > 0 && is_internet(sk) && current_is_in_tree() && c) c->socket_tx_bytes += length;
    return 0;
}

PB_TRACEPOINT(sock_recv_length)
int BPF_PROG(on_sock_recv_length, struct sock *sk, int length, int flags)
{
    struct pb_tree_counters *c = tree_counters();
    if (length > 0 && !(flags & MSG_PEEK) && is_internet(sk) && current_is_in_tree() && c)
        c->socket_rx_bytes += length;
    return 0;
}

static __always_inline void tell_connect(const struct sock *sk)
{
    if (!control.timeline) return;
    __u64 task = bpf_get_current_pid_tgid();
    struct pb_timeline_event event = {
        .time_ns = bpf_ktime_get_ns(),
        .value = sk->__sk_common.skc_family == AF_INET ? sk->__sk_common.skc_daddr : 0,
        .pid = (__u32)(task >> 32),
        .tid = (__u32)task,
        .kind = PB_TIMELINE_CONNECT,
        .key = bpf_ntohs(sk->__sk_common.skc_dport)};
    tell(&event);
}

/* SYN_SENT is entered within connect(), when the peer's address is in the socket. */
PB_TRACEPOINT(inet_sock_set_state)
int BPF_PROG(on_inet_sock_set_state, const struct sock *sk, int old_state, int new_state)
{
    struct pb_tree_counters *c = tree_counters();
    if (new_state != TCP_SYN_SENT || sk->sk_protocol != IPPROTO_TCP || !current_is_in_tree() || !c)
        return 0;
    c->socket_connections++;
    tell_connect(sk);
    return 0;
}

SEC("cgroup_skb/ingress")
int on_ip_ingress(struct __sk_buff *skb)
{
    struct pb_tree_counters *c = tree_counters();
    if (control.sample && c) c->ip_rx_bytes += skb->len;
    return 1; /* let it pass */
}

SEC("cgroup_skb/egress")
int on_ip_egress(struct __sk_buff *skb)
{
    struct pb_tree_counters *c = tree_counters();
    if (control.sample && c) c->ip_tx_bytes += skb->len;
    return 1;
}
