import CaissonText

/// A build argument as `--build-arg` takes it: for all platforms, or for one of them.
public struct BuildArgument: Sendable, Hashable {
    /// The platform that it is for; nil for all.
    public var platform: Platform?
    /// Its name and value.
    public var pair: KeyValue

    /// Reads `KEY[=VALUE]` or `OS/ARCH[/VARIANT]:KEY[=VALUE]`.
    ///
    /// No name of an argument has a slash, so that none is taken for a platform.
    public init(parsing text: String) throws(ParseError) {
        let name = text.cut(at: "=")?.head ?? text
        guard let (head, key) = name.cut(at: ":"), head.contains("/") else {
            pair = try KeyValue(parsing: text)
            return
        }
        platform = try Platform(parsing: head)
        guard !key.trimmed.isEmpty else {
            throw ParseError("build argument", text, "the key is empty", expected: "OS/ARCH:KEY=VALUE")
        }
        pair = try KeyValue(parsing: String(text.dropFirst(head.count + 1)))
    }
}

extension BuildRequest {
    /// Takes over build arguments; a bare key has its value from the environment.
    public mutating func setBuildArguments(_ arguments: [BuildArgument], environment: [String: String]) {
        buildArgs = arguments.filter { $0.platform == nil }.map(\.pair).buildArguments(environment: environment)
        for argument in arguments {
            guard let platform = argument.platform else { continue }
            let own = [argument.pair].buildArguments(environment: environment)
            platformBuildArgs[platform, default: [:]].merge(own) { _, last in last }
        }
    }
}
