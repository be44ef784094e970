/// The flags of package managers that take a value as the next word.
enum PackageFlags {
    /// apt-get's.
    static let apt: Set<String> = [
        "-a", "--host-architecture", "-c", "--config-file", "-o", "--option", "-P", "--build-profiles", "-t",
        "--target-release", "--default-release", "--with-source",
    ]
    /// apk's.
    static let apk: Set<String> = [
        "-p", "--root", "-t", "--virtual", "-X", "--repository", "--arch", "--cache-dir", "--cache-max-age",
        "--keys-dir", "--progress-fd", "--repositories-file", "--timeout", "--wait",
    ]
    /// npm's.
    static let npm: Set<String> = [
        "-C", "--prefix", "-w", "--workspace", "--auth-type", "--before", "--ca", "--cache", "--cafile", "--cert",
        "--cpu", "--depth", "--fetch-retries", "--fetch-retry-factor", "--fetch-retry-maxtimeout",
        "--fetch-retry-mintimeout", "--fetch-timeout", "--globalconfig", "--https-proxy", "--include",
        "--install-strategy", "--key", "--libc", "--location", "--loglevel", "--logs-dir", "--maxsockets",
        "--network-timeout", "--node-options", "--noproxy", "--omit", "--only", "--os", "--proxy", "--registry",
        "--scope", "--script-shell", "--tag", "--tmp", "--unsafe-perm-user", "--user-agent", "--userconfig",
    ]
    /// zypper's.
    static let zypper: Set<String> = [
        "-c", "--config", "-C", "--cache-dir", "-D", "--reposd-dir", "-p", "--plus-repo", "--plus-content", "-r",
        "--repo", "-R", "--root", "--installroot", "-t", "--type", "--from", "--pkg-cache-dir", "--raw-cache-dir",
        "--releasever", "--solv-cache-dir", "--download",
    ]
    /// gem's.
    static let gem: Set<String> = [
        "-B", "--build-root", "-g", "--file", "-i", "--install-dir", "-n", "--bindir", "-P", "--trust-policy", "-s",
        "--source", "--config-file", "--document", "--platform", "--target-rbconfig", "--without",
    ]
    /// go's.
    static let go: Set<String> = [
        "-C", "-asmflags", "-buildmode", "-compiler", "-coverpkg", "-covermode", "-exec", "-gccgoflags", "-gcflags",
        "-installsuffix", "-ldflags", "-mod", "-modfile", "-o", "-overlay", "-p", "-pgo", "-pkgdir", "-tags",
        "-toolexec",
    ]
}
