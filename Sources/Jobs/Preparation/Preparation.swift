import CaissonBuildContext
public import CaissonBuildModel
import CaissonSecrets
import CaissonSystem
import CaissonText
import Glibc

/// Looks at what a build names on this machine, before any engine is asked, and fills in what it means.
///
/// Whatever isn't there is an error that says what was meant: the context's directory, the Dockerfile, a pattern of an
/// ignore file, secrets and SSH agents, the places where results go. Where standard input is the Dockerfile it is read
/// to its end, and where it is the context as far as it takes to tell; what only an engine knows stays the engine's.
///
/// - Throws: `BuildError` with the code `usage`, or `output` for a place where a result can't be written.
public func prepare(_ request: BuildRequest, in surroundings: Surroundings) throws(BuildError) -> PreparedBuild {
    try request.check()
    // Before standard input is read and an engine started: what is missing is missing.
    try request.checkConfidential(environment: surroundings.environment, home: surroundings.home)
    let sources = try ResolvedSources(
        request,
        input: surroundings.standardInput.map(BorrowedDescriptor.init(number:))
    )
    var prepared = sources.request
    try checkIgnoreFile(of: prepared)
    for export in prepared.exports { try checkDestination(of: export) }
    prepared.runsTargetPrograms = TargetPrograms.areRun(by: prepared)
    prepared.input = sources.tar.map { BuildInput($0.source()) }
    return PreparedBuild(prepared, notices: UnusedInputs.notices(of: prepared) + OuterArguments.notices(of: prepared))
}

/// Finds a pattern that has no meaning before the build has run: an engine couldn't say in which line it stands.
private func checkIgnoreFile(of request: BuildRequest) throws(BuildError) {
    guard case .directory(let directory) = request.context else { return }
    do throws(BuildContextError) {
        _ = try ContextSelection(directory: directory, dockerfile: request.dockerfile)
    } catch {
        // What else is wrong there is found where it matters.
        if error.code == .malformedPattern { throw BuildError(.usage, error.message) }
    }
}

/// Finds a destination of the wrong kind before the build has run.
private func checkDestination(of export: ExportSpec) throws(BuildError) {
    guard let path = export.path else { return }
    let kind = PathFacts.kind(of: path)
    if export.layoutDirectory != nil {
        guard case .regular = kind else { return }
        throw BuildError(.output, "can't write the output directory \(path.quoted): it is a file")
    }
    switch (export, kind) {
    case (.local, .regular), (.local, .stream):
        throw BuildError(.output, "can't write the output directory \(path.quoted): it is a file")
    case (.tar, .directory), (.oci, .directory), (.docker, .directory):
        throw BuildError(.output, "can't write the output file \(path.quoted): it is a directory")
    default:
        break
    }
    try checkPlace(of: path, isDirectory: { if case .local = export { true } else { false } }())
}

/// Finds what can't be written before the build has run: what lies below a file, or where nobody may write.
private func checkPlace(of path: String, isDirectory: Bool) throws(BuildError) {
    if PathFacts.kind(of: path) == .stream { return }
    let target = PathFacts.followed(path)
    // A file is replaced, which its directory has to allow; what isn't there is made, with its directories.
    var place = isDirectory ? target : PathFacts.split(target).directory
    while case .missing = PathFacts.kind(of: place), place != "/", place != "." {
        place = PathFacts.split(place).directory
    }
    let what = "the output \(isDirectory ? "directory" : "file") \(path.quoted)"
    guard PathFacts.kind(of: place) == .directory else {
        throw BuildError(.output, "can't write \(what): \(place.quoted) is a file")
    }
    if let refusal = PathFacts.refusal(of: place, W_OK | X_OK), !FileInPlace.mustKeep(target, after: refusal) {
        throw BuildError(.output, "can't write \(what): \(place.quoted): \(refusal)")
    }
}
