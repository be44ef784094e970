import CaissonDockerfile
import CaissonText

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

    /// The variables that official images set, besides PATH.
    private static let variables: [String: Set<String>] = [
        "almalinux": [], "alpine": [], "amazonlinux": [], "busybox": [], "centos": [], "debian": [],
        "oraclelinux": [], "rockylinux": [], "ubuntu": [],
        "eclipse-temurin": ["JAVA_HOME", "JAVA_VERSION", "LANG", "LANGUAGE", "LC_ALL"],
        "golang": ["GOLANG_VERSION", "GOPATH", "GOTOOLCHAIN"],
        "nginx": [
            "ACME_VERSION", "DYNPKG_RELEASE", "NGINX_VERSION", "NJS_RELEASE", "NJS_VERSION", "OTEL_VERSION",
            "PKG_RELEASE",
        ],
        "node": ["NODE_VERSION", "YARN_VERSION"],
        "php": [
            "APACHE_CONFDIR", "APACHE_ENVVARS", "GPG_KEYS", "PHPIZE_DEPS", "PHP_ASC_URL", "PHP_CFLAGS", "PHP_CPPFLAGS",
            "PHP_EXTRA_BUILD_DEPS", "PHP_EXTRA_CONFIGURE_ARGS", "PHP_INI_DIR", "PHP_LDFLAGS", "PHP_MD5", "PHP_SHA256",
            "PHP_URL", "PHP_VERSION",
        ],
        "python": [
            "GPG_KEY", "LANG", "PYTHON_GET_PIP_SHA256", "PYTHON_GET_PIP_URL", "PYTHON_PIP_VERSION",
            "PYTHON_SETUPTOOLS_VERSION", "PYTHON_SHA256", "PYTHON_VERSION",
        ],
        "ruby": [
            "BUNDLE_APP_CONFIG", "BUNDLE_SILENCE_ROOT_WARNING", "GEM_HOME", "LANG", "RUBY_DOWNLOAD_SHA256",
            "RUBY_DOWNLOAD_URL", "RUBY_MAJOR", "RUBY_VERSION",
        ],
        "rust": ["CARGO_HOME", "RUST_VERSION", "RUSTUP_HOME"],
    ]

    /// The variables that an image sets, besides PATH; nil where it is none of the official images that are known.
    static func variables(of image: String) -> Set<String>? {
        var name = image.prefix { $0 != "@" }
        if let colon = name.lastIndex(of: ":"), !name[colon...].holds("/") { name = name[..<colon] }
        let mirrors = ["docker.io/", "public.ecr.aws/docker/", "public.ecr.aws/amazonlinux/", "mirror.gcr.io/"]
        for prefix in mirrors + ["library/"] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
        return variables[String(name)]
    }

    /// Whether an image is Windows', whose RUN is read by cmd.
    static func isWindows(_ image: String) -> Bool {
        let name = image.lowercased()
        return ["windowsservercore", "servercore", "nanoserver", "mcr.microsoft.com/dotnet/framework/"].contains(
            where: name.holds
        )
            || ["mcr.microsoft.com/windows", "microsoft/windows", "microsoft/iis", "microsoft/aspnet"].contains(
                where: name.hasPrefix
            )
            || (name.holds("windows-ltsc") || name.holds("-windows-"))
    }

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
