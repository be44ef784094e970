import Glibc

/// The descriptors 0, 1 and 2, some of which whoever started the program may have closed.
package enum StandardDescriptors {
    /// Opens those that are closed, so that nothing else gets their numbers: what is written to standard error would go into
    /// a socket of the program's own.
    ///
    /// It must run before anything else is opened. Reading and writing fails as before, with `EBADF`: input can only be
    /// written, outputs can only be read.
    package static func reserve() {
        for number: Int32 in 0...2 where fcntl(number, F_GETFD) < 0 && errno == EBADF {
            let opened = Glibc.open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY)
            guard opened >= 0, opened != number else { continue }
            dup2(opened, number)
            close(opened)
        }
    }
}
