/// Writes the files of a result that an engine sends (`-o dir`) into a directory: the receiving side of fsutil.
package final class DirectoryReceiver {
    /// What to do about an entry.
    package enum Request: Sendable, Hashable {
        /// Nothing more; it is made, or will be.
        case nothing
        /// Ask for the content of this number.
        case content(UInt32)
    }

    /// How much is accepted of one transfer.
    package struct Limits: Sendable, Hashable {
        /// The most entries.
        package var entries = 5_000_000
        /// The most files whose content comes at the same time.
        package var openFiles = 128

        /// Makes the usual limits.
        package init() {}
    }

    /// What was written.
    package struct Summary: Sendable, Hashable {
        /// The number of entries of any kind.
        package var entries = 0
        /// The bytes of all files.
        package var bytes: Int64 = 0
    }

    /// How many files still miss content that was asked for.
    package private(set) var awaitedFiles = 0

    /// Opens the directory to write into, making it and those above it where they aren't there.
    package init(path: String, limits: Limits = Limits()) throws(BuildContextError) {}

    /// Takes the next entry, and says whether its content is needed.
    package func begin(_ entry: Entry) throws(BuildContextError) -> Request { .nothing }

    /// Takes a piece of a file's content.
    package func write(_ id: UInt32, _ bytes: UnsafeRawBufferPointer) throws(BuildContextError) {}

    /// Takes the end of a file's content.
    package func endFile(_ id: UInt32) throws(BuildContextError) {}

    /// Completes links and directories after all entries and contents came.
    package func finish() throws(BuildContextError) -> Summary { Summary() }

    /// Removes what is incomplete. Called by itself when the receiver is let go of.
    package func abort() {}
}
