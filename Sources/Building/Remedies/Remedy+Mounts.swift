import CaissonBuildModel
import CaissonText

extension Remedy {
    /// A step requires a secret or an SSH agent that the build wasn't given.
    static func missingSecret(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        if failure.says("no ssh key ", "no ssh handler", "unset ssh forward key", "ssh required but no ssh with id ") {
            return Remedy(
                cause: "the step needs an SSH agent that this build doesn't have",
                advice: "give it yours with \(field: .ssh) default, or keys with \(field: .ssh) ID=FILE"
            )
        }
        guard let id = secretID(failure.message) else { return nil }
        let cause = FieldMessage("the step needs the secret \(id.quoted), which this build doesn't have")
        if let near = nearest(to: id, among: request.secrets.map(\.id)), near != id {
            return Remedy(
                cause: cause,
                advice: "it has \(near.quoted): write \(field: .secrets) id=\(id),…, or id=\(near) in the Dockerfile"
            )
        }
        return Remedy(
            cause: cause,
            advice: "give it one with \(field: .secrets) id=\(id),src=FILE or \(field: .secrets) id=\(id),env=NAME"
        )
    }

    /// The id in `secret tok: not found` (moby/buildkit solver/llbsolver/mounts/mount.go), and in podman's
    /// `secret required but no secret with id tok found` (containers/buildah run_linux.go).
    static func secretID(_ message: String) -> String? {
        if let start = message.ranges(of: "secret required but no secret with id ").last?.upperBound {
            let id = message[start...].prefix { $0 != " " }
            return id.isEmpty ? nil : String(id)
        }
        guard
            let start = message.ranges(of: "secret ").first(where: { range in
                range.lowerBound == message.startIndex || message[..<range.lowerBound].hasSuffix(": ")
            })
        else { return nil }
        for end in [" not found: not found", ": not found", " not found"] where message.hasSuffix(end) {
            let id = message[start.upperBound...].dropLast(end.count)
            return id.isEmpty || id.contains(" ") ? nil : String(id)
        }
        return nil
    }
}
