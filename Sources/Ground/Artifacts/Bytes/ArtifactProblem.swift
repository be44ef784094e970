/// What is wrong with an artifact, or why it can't be read.
package struct ArtifactProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of problem; its raw value is the code that reports name it by.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The file ends before what its own tables say.
        case truncated
        /// The tables contradict themselves, or a checksum is wrong.
        case damaged
        /// There is more behind the end than belongs to it.
        case trailingData = "trailing-data"
        /// It is of a version or a form that isn't read.
        case unsupported
        /// It is compressed in a way that can't be undone here.
        case unsupportedCompression = "unsupported-compression"
        /// Something in it is larger or more than is taken.
        case limitExceeded = "limit-exceeded"
        /// The system can't read the file.
        case unreadable
        /// It is of another kind than was expected.
        case wrongKind = "wrong-kind"
        /// A kernel was expected, and it is none.
        case notKernelImage = "not-a-kernel-image"
        /// It is for another architecture.
        case wrongMachine = "wrong-machine"
        /// It is of another kernel release.
        case wrongRelease = "wrong-release"
        /// A module is for another kernel release, or for one that is built otherwise.
        case wrongVermagic = "wrong-vermagic"
        /// A module says too little of itself.
        case incompleteModule = "incomplete-module"
        /// A module's own name isn't that of its file.
        case wrongName = "wrong-name"
        /// A module needs another that isn't there.
        case missingDependency = "missing-dependency"
        /// A wanted symbol of the configuration has another value.
        case wrongSymbol = "wrong-symbol"
    }

    /// The kind of problem.
    package var code: Code
    /// What is wrong, in words that follow the name of the file and a colon.
    package var message: String

    /// Makes a problem.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message alone.
    package var description: String { message }
}

extension ArtifactProblem {
    static func truncated(_ what: String) -> ArtifactProblem {
        ArtifactProblem(.truncated, "it ends before its \(what) does")
    }

    static func damaged(_ text: String) -> ArtifactProblem { ArtifactProblem(.damaged, text) }

    static func tooMany(_ what: String, _ limit: Int) -> ArtifactProblem {
        ArtifactProblem(.limitExceeded, "it has more than \(limit) \(what); refused")
    }
}
