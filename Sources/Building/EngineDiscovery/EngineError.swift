package import CaissonBuildModel
package import CaissonSystem

/// Why an engine can't be found, reached or started.
package struct EngineError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, which decides the exit status.
    package enum Code: Sendable, Hashable {
        /// An address, a builder's name or a variable that makes no sense: wrong input.
        case badAddress
        /// A configuration file of docker's or ours is unreadable or wrong.
        case configuration
        /// Nothing answers at the address.
        case unreachable
        /// The socket or the state directory isn't ours to use.
        case permission
        /// No engine is installed.
        case notInstalled
        /// The private engine ended before it was ready.
        case startFailed
        /// The private engine is in use.
        case busy
        /// The time allowed ran out.
        case deadlineExceeded
        /// The operating system refused something else.
        case system
    }

    /// The kind of failure.
    package var code: Code
    /// What failed, which object, and what to do, with the fields of the selection that it names.
    package var wording: FieldMessage

    /// Makes an error.
    package init(_ code: Code, _ message: String) {
        self.init(code, FieldMessage(message))
    }

    /// Makes an error whose message names fields.
    package init(_ code: Code, _ wording: FieldMessage) {
        self.code = code
        self.wording = wording
    }

    /// The message with the fields' own names.
    package var message: String { wording.description }

    /// The message alone.
    package var description: String { message }
}

extension EngineError {
    /// What a refusal of this machine means to somebody who looks for an engine.
    package init(_ error: SystemError) {
        switch error.code {
        case .badValue: self.init(.badAddress, error.message)
        case .permission: self.init(.permission, error.message)
        case .refused: self.init(.system, error.message)
        }
    }

    /// Runs `body` and tells its refusals as errors of an engine.
    package static func reworded<Value: ~Copyable>(
        _ body: () throws(SystemError) -> Value
    ) throws(EngineError) -> Value {
        do {
            return try body()
        } catch {
            throw EngineError(error)
        }
    }

    /// Runs `body`, which may wait, and tells its refusals as errors of an engine.
    package static func reworded<Value: ~Copyable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as SystemError {
            throw EngineError(error)
        }
    }
}
