import CaissonDockerfile

/// What is known of official images by their names.
enum BaseImages {
    /// Images with the GNU tools in all their variants but those on Alpine and BusyBox.
    private static let withGNU: Set<String> = [
        "debian", "ubuntu", "buildpack-deps", "fedora", "centos", "rockylinux", "almalinux", "oraclelinux",
        "amazonlinux",
        "opensuse", "archlinux", "python", "node", "golang", "ruby", "php", "perl", "rust", "openjdk",
        "eclipse-temurin",
        "maven", "gradle", "gcc", "nginx", "httpd", "postgres", "mysql", "mariadb", "redis", "ubi8", "ubi9",
    ]

    /// Whether a step runs in an image whose tools are certainly GNU's, not BusyBox's.
    static func bringGNU(_ step: Step, in facts: Facts) -> Bool {
        guard let stage = step.stage, let first = facts.ancestry(of: stage).last,
            case .image = facts.stages[first].base, let image = facts.stages[first].image?.unquoted.lowercased(),
            !["alpine", "busybox", "musl", "nanoserver", "windows", "$"].contains(where: image.contains)
        else { return false }
        let name = image.prefix { $0 != "@" }.split(separator: "/").last ?? ""
        return withGNU.contains(String(name.prefix { $0 != ":" }))
    }
}
