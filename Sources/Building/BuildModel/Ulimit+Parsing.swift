import CaissonText

extension Ulimit {
    private static let names = [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
        "rttime", "sigpending", "stack",
    ]

    /// Reads `NAME=SOFT[:HARD]`, -1 standing for no limit; without a hard limit the soft one is both.
    public init(parsing text: String) throws(ParseError) {
        func wrong(_ problem: String) -> ParseError {
            ParseError("ulimit", text, problem, expected: "NAME=SOFT[:HARD], e.g. nofile=1024:2048")
        }
        guard let (name, limits) = text.cut(at: "=") else { throw wrong("it has no '='") }
        guard Self.names.contains(name) else {
            let hint = nearest(to: name, among: Self.names).map { "did you mean \($0)?" }
            throw wrong("unknown limit \(name.quoted) (\(hint ?? "known: " + Self.names.joined(separator: ", ")))")
        }
        let parts = limits.pieces(at: ":")
        guard parts.count <= 2 else { throw wrong("it has more than a soft and a hard limit") }
        let numbers = parts.compactMap { Int64($0) }
        guard numbers.count == parts.count, numbers.allSatisfy({ $0 >= -1 }) else {
            throw wrong("a limit must be a whole number, or -1 for none")
        }
        guard let soft = numbers.first, let hard = numbers.last else { throw wrong("it has no limit") }
        guard hard == -1 || (soft != -1 && soft <= hard) else {
            throw wrong("the soft limit \(soft) is above the hard limit \(hard)")
        }
        self.init(name: name, soft: soft, hard: hard)
    }
}

extension Ulimit: CustomStringConvertible {
    /// `NAME=SOFT:HARD`, which is also the form BuildKit's front end takes.
    public var description: String { "\(name)=\(soft):\(hard)" }
}
