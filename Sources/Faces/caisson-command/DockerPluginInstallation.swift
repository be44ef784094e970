import CaissonBuildModel
import CaissonJSON
import CaissonSystem
import CaissonText
import Glibc

/// caisson's place among docker's plugins: a link to the program, and an alias in docker's configuration.
///
/// What is there already and isn't ours is never overwritten; the rest of the configuration stays as it is.
struct DockerPluginInstallation {
    /// The directory of docker's configuration.
    let directory: String
    /// The program that docker shall run.
    let program: String

    /// The file that docker finds the plugin by.
    var link: String { "\(directory)/cli-plugins/\(DockerPluginWords.fileName)" }
    /// docker's configuration.
    var configuration: String { "\(directory)/config.json" }

    /// Where docker's configuration is.
    static func directory(_ environment: [String: String]) -> String {
        if let named = environment["DOCKER_CONFIG"], !named.isEmpty { return named }
        return (environment["HOME"] ?? "/") + "/.docker"
    }

    // MARK: The link

    /// Makes the link to a program.
    ///
    /// - Throws: `BuildError` with code `output` where another file has its name, or it can't be made.
    func link(to program: String) throws(BuildError) {
        let isOurs = try checkLink()
        let folder = "\(directory)/cli-plugins"
        do throws(Errno) {
            try Directories.make(folder, mode: 0o755)
        } catch {
            throw BuildError(.output, "can't make the directory \(folder.quoted): \(error)")
        }
        if isOurs { Glibc.unlink(link.cPath) }
        guard symlink(program.cPath, link.cPath) == 0 else {
            throw BuildError(.output, "can't make the link \(link.quoted): \(Errno.last)")
        }
    }

    /// Removes the link; false where there is none.
    func unlink() throws(BuildError) -> Bool {
        guard try checkLink() else { return false }
        guard Glibc.unlink(link.cPath) == 0 else {
            throw BuildError(.output, "can't remove \(link.quoted): \(Errno.last)")
        }
        return true
    }

    /// Whether the link is there and ours: it leads, or led, to a program of our name.
    private func checkLink() throws(BuildError) -> Bool {
        if let target = PathFacts.linkTarget(of: link) {
            let name = target.split(separator: "/").last.map(String.init)
            if target == program || name == DockerPluginWords.name { return true }
            throw BuildError(
                .output,
                "\(link.quoted) is there already and leads to \(target.quoted), which isn't caisson; remove it first"
            )
        }
        guard case .missing = PathFacts.kind(of: link) else {
            throw BuildError(
                .output,
                "\(link.quoted) is there already and isn't ours; remove it first"
            )
        }
        return false
    }

    // MARK: The alias

    /// Finds out whether the alias may be set.
    ///
    /// - Throws: `BuildError` with code `output` where it is another's, `usage` where the configuration can't be read.
    func checkBuilder() throws(BuildError) {
        guard let present = try settings()?["aliases"]?["builder"] else { return }
        guard present != .string(DockerPluginWords.name) else { return }
        throw BuildError(
            .output,
            "\(configuration.quoted) has the builder \((present.string ?? "?").quoted) already; remove that alias first, for buildx "
                + "with ‘docker buildx uninstall’"
        )
    }

    /// Sets the alias that makes `docker build` use the plugin.
    func setBuilder() throws(BuildError) {
        try checkBuilder()
        let present = try settings() ?? .object([])
        let alias = JSONMember("builder", .string(DockerPluginWords.name))
        let others = (present["aliases"]?.members ?? []).filter { $0.name != "builder" }
        try write(present.replacing("aliases", with: .object(others + [alias])))
    }

    /// Takes the alias away; false where it isn't set, or isn't ours.
    func clearBuilder() throws(BuildError) -> Bool {
        guard let present = try settings(), let aliases = present["aliases"]?.members,
            present["aliases"]?["builder"] == .string(DockerPluginWords.name)
        else { return false }
        let others = aliases.filter { $0.name != "builder" }
        try write(present.replacing("aliases", with: others.isEmpty ? nil : .object(others)))
        return true
    }

    private func settings() throws(BuildError) -> JSON? {
        let content: [UInt8]
        do {
            content = try BoundedFile.read(configuration, limit: 16 << 20)
        } catch {
            if case .missing = PathFacts.kind(of: configuration) { return nil }
            throw BuildError(.usage, "docker's configuration \(configuration.quoted) \(error.explanation)")
        }
        guard let settings = try? JSON(parsing: content), settings.isObject else {
            throw BuildError(
                .usage,
                "docker's configuration \(configuration.quoted) is no JSON object; repair it first"
            )
        }
        return settings
    }

    private func write(_ settings: JSON) throws(BuildError) {
        // Where it is a link its place stays.
        let path = PathFacts.followed(configuration)
        let isNew = if case .missing = PathFacts.kind(of: path) { true } else { false }
        do throws(Errno) {
            try Directories.make(directory, mode: 0o700)
            try AtomicFile.replace(path, with: settings.goBytes(indented: true) + [0x0A], isNew ? .ownerOnly : .usual)
        } catch {
            throw BuildError(.output, "can't write docker's configuration \(path.quoted): \(error)")
        }
    }
}

extension JSON {
    /// The object with one member of that name, in the place that it had; without it where there is no value.
    fileprivate func replacing(_ name: String, with value: JSON?) -> JSON {
        var members = self.members ?? []
        let place = members.firstIndex { $0.name == name } ?? members.count
        members.removeAll { $0.name == name }
        if let value { members.insert(JSONMember(name, value), at: min(place, members.count)) }
        return .object(members)
    }
}
