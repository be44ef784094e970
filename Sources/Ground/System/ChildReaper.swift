package import Glibc

/// Takes the end of children that outlive the call that started them, so that none stays behind as a zombie.
///
/// A zombie is not only untidy: a program that uses the library and waits for any child of its own with `WNOWAIT`
/// finds ours again and again, and never its own.
package enum ChildReaper {
    /// Waits for the child on a thread of its own, which does nothing else and ends with the child.
    package static func adopt(_ child: pid_t) {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 64 << 10)
        var thread = pthread_t()
        // The pid travels in the pointer itself, so that there is nothing to free.
        pthread_create(&thread, &attributes, reap, UnsafeMutableRawPointer(bitPattern: Int(child)))
    }
}

private func reap(_ child: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    let pid = pid_t(truncatingIfNeeded: Int(bitPattern: child))
    guard pid > 0 else { return nil }
    while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    return nil
}
