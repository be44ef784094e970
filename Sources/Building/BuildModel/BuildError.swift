/// Why a build, or what was needed for it, did not succeed.
public struct BuildError: Error, Sendable, Hashable {
    /// The kind of failure, which decides the exit status.
    public enum Code: Sendable, Hashable {
        /// Wrong flags or input: exit status 2.
        case usage
        /// The engine can't do what was asked, found before the build: exit status 2.
        case unsupported
        /// The engine can't be reached, refuses us or broke off: exit status 1.
        case engine
        /// A step of the build failed: exit status 1.
        case step
        /// A result couldn't be written here: exit status 1.
        case output
        /// The time allowed ran out: exit status 1.
        case deadlineExceeded
        /// The user stopped it: exit status 130.
        case cancelled
    }

    /// The kind of failure.
    public var code: Code
    /// What failed, which object, and what to do: one line without the word "error".
    ///
    /// Fields of the request have their names in it; see `spelled(_:)`.
    public var message: String { wording.description }
    /// The message with its fields.
    public var wording: FieldMessage
    /// The place in the Dockerfile, when the failure has one.
    public var excerpts: [SourceExcerpt]
    /// The failing step and the end of its output, when a step failed.
    public var step: FailedStep?

    /// Makes an error.
    public init(_ code: Code, _ message: String, excerpts: [SourceExcerpt] = [], step: FailedStep? = nil) {
        self.init(code, FieldMessage(message), excerpts: excerpts, step: step)
    }

    /// Makes an error whose message names fields of the request.
    public init(_ code: Code, _ message: FieldMessage, excerpts: [SourceExcerpt] = [], step: FailedStep? = nil) {
        self.code = code
        wording = message
        self.excerpts = excerpts
        self.step = step
    }

    /// The fields of the request that the message names.
    public var fields: [RequestField] { wording.fields }

    /// The same error with each field of the request written as `spelling` has it, such as `--tag`.
    public func spelled(_ spelling: (RequestField) -> String) -> BuildError {
        BuildError(code, FieldMessage(wording.text(spelling)), excerpts: excerpts, step: step)
    }

    /// The exit status this error ends the program with.
    public var exitStatus: Int32 {
        switch code {
        case .usage, .unsupported: 2
        case .engine, .step, .output, .deadlineExceeded: 1
        case .cancelled: 130
        }
    }
}

extension BuildError: CustomStringConvertible {
    /// The message alone.
    public var description: String { message }
}

/// A source file and the ranges in it that an error is about.
public struct SourceExcerpt: Sendable, Hashable {
    /// The file.
    public var source: SourceInfo
    /// The places, in the file's order.
    public var ranges: [SourceRange]

    /// Makes an excerpt.
    public init(source: SourceInfo, ranges: [SourceRange]) {
        self.source = source
        self.ranges = ranges
    }
}

/// The step that made a build fail.
public struct FailedStep: Sendable, Hashable {
    /// Its digest, the key to its output in the event stream; may be empty.
    public var vertex: String
    /// Its name; may be empty.
    public var name: String
    /// The exit status of its process, when one ran.
    public var exitCode: Int?

    /// Makes a failed step.
    public init(vertex: String, name: String = "", exitCode: Int? = nil) {
        self.vertex = vertex
        self.name = name
        self.exitCode = exitCode
    }
}
