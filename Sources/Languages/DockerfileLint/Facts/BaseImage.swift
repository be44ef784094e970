package import CaissonDockerfile

/// The image that a stage begins with, and the platform for which it is wanted.
package struct BaseImage: Sendable, Hashable {
    /// The image's name, with its variables replaced.
    package var name: String
    /// The platform, as `os/architecture` with or without a variant.
    package var platform: String

    /// The images that a file's stages begin with, each once; without those whose name isn't known.
    package static func names(in file: Dockerfile, settings: RuleSettings) -> [String] {
        let facts = Facts(file: file, settings: settings)
        var names: [String] = []
        for image in facts.stages.compactMap(facts.baseImage) where !names.contains(image.name) {
            names.append(image.name)
        }
        return names
    }

    /// Whether the wanted platform is one of these; variants don't matter, as for BuildKit.
    func isThere(for platforms: [String]) -> Bool {
        let wanted = Self.parts(platform)
        return platforms.contains { Self.parts($0) == wanted }
    }

    private static func parts(_ platform: String) -> [String] {
        let names = ["x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "i386": "386", "armhf": "arm"]
        let parts = platform.lowercased().split(separator: "/").map { names[String($0)] ?? String($0) }
        return parts.count == 1 ? ["linux"] + parts : Array(parts.prefix(2))
    }
}

extension Facts {
    /// The image of a stage, with the defaults of ARG; nil for another stage, for `scratch`, and if it can't be known.
    func baseImage(of stage: Stage) -> BaseImage? {
        guard case .image = stage.base, let word = stage.image else { return nil }
        let values = defaultArguments
        let name = Expansion.expand(word.text, escape: file.escape) { values[$0] }
        guard let name, ImageName.isValid(name) else { return nil }
        guard let flag = file.instructions[stage.from].flag("platform")?.value else {
            return BaseImage(name: name, platform: settings.platform)
        }
        guard let platform = Expansion.expand(flag, escape: file.escape, value: { values[$0] }), !platform.isEmpty
        else {
            return nil
        }
        return BaseImage(name: name, platform: platform)
    }
}
