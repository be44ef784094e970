/// What the value of an option, or an operand, is.
enum ValueKind: Sendable, Hashable {
    /// A file of this machine.
    case files
    /// A directory of this machine.
    case directories
    /// A stage of the Dockerfile at hand.
    case stages
    /// A build argument of the Dockerfile at hand, and its value.
    case arguments
    /// An engine or builder by its name.
    case builders
    /// A build of the history, by its id.
    case builds
    /// A build that runs, by its id.
    case runningBuilds
    /// A rule of the linter.
    case rules
    /// A target or group of the definition at hand.
    case targets
    /// A variable of the definition at hand, and its value.
    case variables
    /// One of a few words.
    case words([String])
    /// Anything: nothing is offered.
    case free

    /// The kinds of the options' values, by the options' long names; an option has one kind in all commands.
    static let ofOptions: [String: ValueKind] = [
        "--artifact": .free, "--artifacts": .directories, "--build-dir": .free,
        "--compression-type": .words(["xz", "gz", "zst", "none"]), "--directory": .directories, "--environment": .free,
        "--check": .words(["rebuild", "rebuild-varied", "off"]), "--git": .words(["https://", "ssh://"]),
        "--git-depth": .free, "--git-secret": .free, "--git-ssh": .words(["default"]), "--patch": .files,
        "--toolchain-base": .free,
        "--kconfig": .words(configs), "--kconfig-add": .files,
        "--kernel-image": .words(["bzImage", "Image", "Image.gz", "zImage"]), "--output-dir": .directories,
        "--source-image": .free, "--target-arch": .words(architectures), "--toolchain": .words(["gcc", "clang"]),
        "--wrapper": .words(["ccache", "sccache", "none"]),
        "--addr": .words(["unix://", "tcp://", "ssh://", "docker-container://", "kube-pod://"]),
        "--add-host": .free, "--allow": .words(["network.host", "security.insecure"]), "--annotation": .free,
        "--attest": .words(["type=provenance,mode=max", "type=sbom"]), "--batch": .free, "--build-arg": .arguments,
        "--build-context": .free,
        "--builder": .builders, "--buildkitd-config": .files, "--buildkitd-flags": .free,
        "--by": .words(["type", "age", "sharing", "node", "mount", "image", "series", "step", "day", "week"]),
        "--cache-from": .words(caches),
        "--cache-timeout": .free, "--cache-to": .words(caches),
        "--call": .words(["build", "check", "outline", "targets"]),
        "--cgroup-parent": .free, "--compress": .words(["none", "gzip", "zstd", "xz"]), "--config": .files,
        "--collector": .free,
        "--depth": .free,
        "--driver": .words(["docker-container", "kubernetes", "remote"]), "--driver-opt": .free, "--error": .rules,
        "--explain": .rules, "--filter": .free, "--from": .directories, "--max-used-space": .free,
        "--min-free-space": .free, "--reserved-space": .free, "--sort": .words(["size", "used"]),
        "--failure-threshold": .words(severities + ["none"]), "--file": .files,
        "--file-path-in-report": .free, "--format": .free, "--image": .free, "--ignore": .rules, "--iidfile": .files,
        "--info": .rules,
        "--jobs": .free,
        "--label": .free, "--limit": .free, "--list": .words(["targets", "variables", "functions"]),
        "--lint": .words(severities), "--plan": .words(["json", "text"]), "--local": .directories,
        "--longer-than": .free,
        "--metadata-file": .files, "--name": .free, "--namespace": .free,
        "--network": .words(["default", "host", "none"]), "--no-cache-filter": .stages, "--node": .free,
        "--owner": .free,
        "--output": .words([
            "type=local,dest=", "type=tar,dest=", "type=oci,dest=", "type=docker", "type=image", "type=registry",
        ]),
        "--platform": .words(platforms), "--policy": .words(["disabled=true", "strict=true"]), "--project": .free,
        "--progress": .words(["auto", "tty", "plain", "quiet", "rawjson"]),
        "--provenance": .words(["true", "false", "mode=min", "mode=max"]), "--registry-insecure": .free,
        "--registry-mirror": .free, "--report": .files, "--require-label": .free, "--resource": .free, "--retry": .free,
        "--rules": .words(["all", "buildkit", "hadolint"]), "--sbom": .words(["true", "false"]),
        "--secret": .words(["id="]),
        "--set": .targets, "--shm-size": .free, "--since": .free, "--source-policy-file": .files,
        "--ssh": .words(["default"]),
        "--status": .words([
            "queued", "running", "succeeded", "failed", "cancelled", "timed-out", "skipped", "interrupted",
        ]),
        "--step": .free, "--style": .rules, "--summary": .files, "--tag": .free, "--text": .free,
        "--target": .stages, "--target-rate": .free, "--timeout": .free, "--to": .directories,
        "--type": .words(["provenance", "sbom", "index", "manifest", "image"]),
        "--trusted-registry": .free, "--ulimit": .free,
        "--var": .variables,
        "--warning": .rules,
    ]

    /// The formats of a command, where the declarations don't list them.
    static let formats: [String: [String]] = [
        "lint": [
            "tty", "json", "sarif", "checkstyle", "codeclimate", "gitlab_codeclimate", "gnu", "codacy", "sonarqube",
            "junit",
            "github",
        ],
        "builder ls": ["table", "json"], "builds ls": ["table", "json"], "builds show": ["table", "json"],
    ]

    /// The kinds of the operands of a command, in order; the last one is that of all that follow.
    static let ofOperands: [String: [ValueKind]] = [
        "batch": [.targets], "build": [.directories], "lint": [.files], "context ls": [.directories],
        "context size": [.directories],
        "config check": [.files], "context export": [.directories], "context explain": [.files, .directories],
        "builder use": [.builders],
        "builder rm": [.builders], "builder stop": [.builders], "builder inspect": [.builders],
        "task run": [.files], "kernel build": [.files], "kernel script": [.files], "kernel verify": [.directories],
        "builds show": [.builds, .free], "builds logs": [.builds, .free],
        "builds watch": [.runningBuilds, .free],
        "builds cancel": [.runningBuilds], "builds rerun": [.builds, .free], "builds pin": [.builds],
        "builds rm": [.builds], "builds attachment": [.builds, .free],
        "completion": [.words(["bash", "fish", "zsh"]), .free],
    ]

    private static let architectures = [
        "x86_64", "i386", "arm64", "arm", "riscv", "powerpc", "s390", "mips", "loongarch",
    ]
    private static let configs = ["defconfig", "tinyconfig", "allnoconfig", "allmodconfig", "allyesconfig"]
    private static let severities = ["error", "warning", "info", "style"]
    private static let caches = [
        "type=registry,ref=", "type=local,src=", "type=local,dest=", "type=gha", "type=inline",
    ]
    private static let platforms = [
        "linux/amd64", "linux/arm64", "linux/arm/v7", "linux/arm/v6", "linux/386", "linux/ppc64le", "linux/riscv64",
        "linux/s390x", "windows/amd64",
    ]
}
