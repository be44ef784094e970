/// A Dockerfile as a value, which the simulated engine reads instead of its text.
struct SimulatedFile {
    /// What a command does to its stage.
    enum Effect { case reads, fresh, constant }

    enum Line {
        case env(String, String)
        case arg(String, String?)
        case user(String)
        case workdir(String)
        case label(String)
        case run(String, Effect = .reads, out: String = "/out", mount: String? = nil, mountStage: String? = nil)
        case copy([String], String)
        case copyFrom(String, String, String)
        case address(String, checksum: String?)
    }

    struct Stage {
        var name: String?
        var base: String
        var lines: [Line]
    }

    var outer: [(String, String)] = []
    var stages: [Stage]

    var text: String {
        var out = outer.map { "ARG \($0.0)=\($0.1)\n" }.joined()
        for stage in stages {
            out += "FROM \(stage.base)" + (stage.name.map { " AS \($0)" } ?? "") + "\n"
            out += stage.lines.map { Self.text($0) + "\n" }.joined()
        }
        return out
    }

    static func text(_ line: Line) -> String {
        switch line {
        case .env(let name, let value): "ENV \(name)=\(value)"
        case .arg(let name, let value): "ARG \(name)" + (value.map { "=" + $0 } ?? "")
        case .user(let name): "USER \(name)"
        case .workdir(let path): "WORKDIR \(path)"
        case .label(let text): "LABEL a=\(text)"
        case .run(let command, _, _, let mount, let from):
            "RUN "
                + (mount.map { "--mount=type=bind\(from.map { ",from=" + $0 } ?? ""),source=\($0),target=/m " } ?? "")
                + command
        case .copy(let paths, let target): "COPY \(paths.joined(separator: " ")) \(target)"
        case .copyFrom(let stage, let path, let target): "COPY --from=\(stage) \(path) \(target)"
        case .address(let address, let checksum):
            "ADD " + (checksum.map { "--checksum=\($0) " } ?? "") + address + " /fetched"
        }
    }
}
