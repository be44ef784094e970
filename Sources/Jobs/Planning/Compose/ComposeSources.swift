/// What a compose project is loaded from.
package struct ComposeSources: Sendable {
    /// What there is at a path.
    package enum Content: Sendable {
        /// A file's bytes.
        case bytes([UInt8])
        /// Nothing.
        case missing
        /// A directory.
        case directory
        /// A file that has more than the bytes asked for.
        case tooLarge
        /// A file that can't be read, and why.
        case unreadable(String)
    }

    /// A compose file with its name, as the user gave it.
    package struct File: Sendable {
        /// The name; relative ones are relative to the working directory.
        package var name: String
        /// The bytes.
        package var bytes: [UInt8]

        /// Makes a file.
        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// The compose files; later ones are merged into earlier ones.
    package var files: [File]
    /// The variables of the environment; those of `.env` are added where they have no value.
    package var environment: [String: String]
    /// Variables that go before the environment, as flags give them.
    package var overrides: [String: String]
    /// What `~` stands for in paths.
    package var home: String?
    /// Tells what there is at a path, relative to the working directory, and reads no more than that many bytes.
    package var read: @Sendable (_ path: String, _ limit: Int) -> Content

    /// Makes sources.
    package init(
        files: [File],
        environment: [String: String],
        overrides: [String: String] = [:],
        home: String? = nil,
        read: @escaping @Sendable (_ path: String, _ limit: Int) -> Content
    ) {
        self.files = files
        self.environment = environment
        self.overrides = overrides
        self.home = home
        self.read = read
    }
}
