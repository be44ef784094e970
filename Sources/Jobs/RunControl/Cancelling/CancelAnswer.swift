/// What a process says to whoever wants one of its builds cancelled.
package enum CancelAnswer: String, Sendable, Hashable {
    /// The build is being cancelled; it ends soon.
    case cancelling
    /// Nobody runs such a build: it ended, or its process did.
    case unknown
    /// It's the build of another user.
    case denied
}

/// What is said through a door: a line each way.
///
/// ```
/// cancel <build id>\n          ──▶
///                              ◀──  cancelling\n | unknown\n | denied\n
/// ```
enum DoorWords {
    /// The longest line.
    static let longest = 4 << 10
    private static let verb = "cancel "

    /// What asks to cancel a build.
    static func cancel(_ id: String) -> [UInt8] { Array("\(verb)\(id)\n".utf8) }

    /// The name of the build that a line asks to cancel; nil for another line.
    static func build(in line: some Collection<UInt8>) -> String? {
        let text = String(decoding: line, as: UTF8.self)
        return text.hasPrefix(verb) ? String(text.dropFirst(verb.count)) : nil
    }

    /// An answer as a line.
    static func line(_ answer: CancelAnswer) -> [UInt8] { Array("\(answer.rawValue)\n".utf8) }
}
