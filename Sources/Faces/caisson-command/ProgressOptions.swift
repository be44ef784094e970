import CaissonText
import ArgumentParser
import CaissonBuildModel
import CaissonReporting

/// What is shown while a build runs.
struct ProgressOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How to show progress: auto, tty, plain, quiet, rawjson or none.", valueName: "mode")
    )
    var progress: String?

    @Flag(name: [.customShort("q"), .long], help: "Show nothing but the image's id at the end.")
    var quiet = false

    /// The mode, by the flags, else by `BUILDKIT_PROGRESS`.
    func mode(environment: [String: String]) throws(BuildError) -> ProgressMode {
        let preset = environment["BUILDKIT_PROGRESS"] ?? ""
        let text = progress ?? (quiet || preset.isEmpty ? "auto" : preset)
        guard let mode = ProgressMode(rawValue: text) else {
            let names = ProgressMode.allCases.map(\.rawValue)
            let hint = nearest(to: text, among: names).map { " (did you mean \($0)?)" } ?? ""
            let flag = progress == nil ? "BUILDKIT_PROGRESS" : "--progress"
            throw BuildError(
                .usage,
                "\(flag): unknown mode \(text.quoted)\(hint); expected \(names.joined(separator: ", "))"
            )
        }
        guard quiet else { return mode }
        guard mode == .auto || mode == .quiet else {
            throw BuildError(.usage, "--progress \(text) and --quiet can't be used together; leave one out")
        }
        return .quiet
    }
}
