import CaissonBuildModel
import CaissonText

extension EngineRecord {
    /// What the user of an engine that was just started is told: which it is, where, until when, and where its images are.
    func introduction(address: String) -> String {
        let name = [kind.rawValue, version].compactMap(\.self).joined(separator: " ")
        let end = idlePeriod.map { "until unused for \(Self.words($0))" } ?? "until ‘caisson builder stop’"
        let images =
            switch kind {
            case .dockerd, .unknown: "its images run with ‘docker -H \(address) run IMAGE’"
            case .podman: "its images run with ‘podman --url \(address) run IMAGE’"
            case .buildkitd: "it keeps a build cache but no images: take results out as files or archives, or push them"
            }
        return "no engine runs here, so a private one was started: \(name) at \(address), \(end); \(images)"
    }

    /// Seconds as people say them: `10 minutes`, `90 seconds`.
    private static func words(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 1e9).rounded())
        for (length, name) in [(3600, "hour"), (60, "minute")] where whole >= length && whole.isMultiple(of: length) {
            return "\(whole / length) \(name)\(whole == length ? "" : "s")"
        }
        return "\(whole) second\(whole == 1 ? "" : "s")"
    }
}
