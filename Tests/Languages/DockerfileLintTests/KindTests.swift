import CaissonDockerfile
@testable import CaissonDockerfileLint
import Testing

/// What rules find in all forms of one kind of text: each row is a name, a Dockerfile and the lines of its findings.
@Suite struct KindTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var rule: String
        var text: String
        var lines: [Int]

        init(_ rule: String, _ text: String, _ lines: [Int]) {
            (self.rule, self.text, self.lines) = (rule, text, lines)
        }

        var testDescription: String { "\(rule): \(text.split(separator: "\n").suffix(2).joined(separator: " / "))" }
    }

    private func check(_ row: Row) {
        let findings = Linter().lint(Dockerfile(parsing: row.text + "\n"), name: "x").findings
        let lines = findings.filter { $0.names.contains(row.rule) }.map(\.instructionLine)
        #expect(lines == row.lines, "\(row.rule):\n\(row.text)")
    }

    private static func run(_ rule: String, _ base: String, _ command: String, _ isFound: Bool) -> Row {
        Row(rule, "FROM \(base)\nRUN \(command)", isFound ? [2] : [])
    }

    // MARK: Stages and variables

    static let stages: [Row] = [
        Row("UnusedStage", "FROM a:1 AS b-amd64\nFROM a:1 AS b-arm64\nFROM b-$TARGETARCH", []),
        Row("UnusedStage", "ARG s=1\nFROM a:1 AS img1\nFROM a:1 AS img2\nFROM img$s", []),
        Row("UnusedStage", "ARG s\nFROM a:1 AS pre-x-post\nFROM a:1 AS pre-post\nFROM pre-${s}-post", [3]),
        Row("UnusedStage", "ARG BASE=one\nFROM a:1 AS one\nFROM a:1 AS two\nFROM $BASE", []),
        Row("UnusedStage", "ARG BASE\nFROM a:1 AS one\nFROM $BASE", []),
        Row("UnusedStage", "ARG BASE=debian:12\nFROM a:1 AS one\nFROM $BASE", [2]),
        Row("UnusedStage", "ARG V=3\nFROM a:1 AS one\nFROM alpine:$V", [2]),
        Row("UnusedStage", "ARG x=one\nFROM a:1 AS One\nFROM a:1 AS two\nFROM ${x}", []),
        Row("UnusedStage", "ARG BASE\nFROM a:1 AS one\nFROM ${BASE} AS two\nFROM $BASE", [3]),
        Row(
            "DL3009",
            "ARG B\nFROM $B AS one\nRUN apt-get update\nFROM $B\nCOPY --from=one /a /a\nRUN apt-get update",
            [6]
        ),
        Row("RedundantTargetPlatform", "FROM --platform=${TARGETPLATFORM:-linux/amd64} a:1", [1]),
        Row("RedundantTargetPlatform", "FROM --platform=${TARGETPLATFORM:+linux/amd64} a:1", []),
        Row("DL3065", "FROM --platform=${TARGETPLATFORM:-linux/amd64} a:1\nFROM --platform=$TARGETPLATFORM a:1", [2]),
        Row("UnusedStage", "FROM a:1 AS b-linux\nFROM a:1 AS b-x\nFROM a:1 AS c\nFROM b-$TARGETOS${D:+-debug}", [3]),
        Row("UnusedStage", "FROM a:1 AS b\nFROM a:1 AS c\nFROM b AS one\nCMD x\nFROM a:1", [2]),
        Row("UnusedStage", "FROM a:1 AS b\nFROM scratch AS files\nCOPY --from=b /x /\nFROM a:1 AS c\nFROM a:1", [4]),
        Row("UnusedStage", "FROM a:1 AS b\nFROM b AS unit-test\nFROM a:1", []),
        Row(
            "UnusedArg",
            "FROM a:1 AS b-amd64\nARG X\nFROM a:1 AS b-arm64\nARG X=y\nFROM a:1 AS c\nARG X\nFROM b-$TARGETARCH\nRUN $X",
            [6]
        ),
        Row("DL1000", "# one\n\n# two", [3]),
        Row("DL1000", "ARG A\nARG B\nRUN a\nRUN b", [3]),
        Row("DL3006", "FROM a:1 AS b-amd64\nFROM b-$TARGETARCH", []),
        Row("UndefinedVar", "FROM debian:12 AS a\nARG O\nFROM a\nWORKDIR /$O", []),
        Row("UndefinedVar", "FROM debian:12 AS a\nARG O\nFROM a AS b\nFROM b\nCOPY x $O/\nUSER $P", [6]),
        Row("UndefinedVar", "FROM debian:12 AS a\nENV O=1\nFROM debian:12\nWORKDIR /$O", [4]),
        Row("UndefinedVar", "FROM debian:12\nCOPY <<E /a\n$A 'b $B' ${C}\nE\nARG A", [2, 2, 2]),
        Row("UndefinedVar", "FROM debian:12\nARG A\nCOPY <<E /a\n$A \\$B\nE", []),
        Row("UndefinedVar", "FROM debian:12\nCOPY <<'E' /a\n$A\nE", []),
        Row("UndefinedVar", "FROM debian:12\nWORKDIR $FOO_HOME", [2]),
        Row("UndefinedVar", "FROM golang:1.22\nWORKDIR $GOPATH/src\nCOPY a $GOBIN", [3]),
        Row(
            "UndefinedVar",
            "ARG V=3.12\nFROM docker.io/library/python:$V\nLABEL v=$PYTHON_VERSION w=$FOO_VERSION",
            [3]
        ),
        Row("UndefinedVar", "FROM example.com/python:3\nWORKDIR $FOO_HOME", []),
        Row("UndefinedVar", "FROM public.ecr.aws/amazonlinux/amazonlinux:2023\nWORKDIR $SRC_DIR", [2]),
        Row("UndefinedVar", "ARG A_VERSION=1\nFROM a:$A_VERSION\nENV B=$A_VERSION C=$C_VERSION", [3]),
        Row("DL3066", "FROM debian:12\nENV U=app N=1000\nUSER $U\nUSER ${N}:${N}", [3]),
        Row("DL3066", "FROM debian:12\nARG U=app W\nENV V=$U X=$W\nUSER $U\nUSER $V\nUSER $X", [5]),
        Row("UndefinedVar", "FROM scratch\nCOPY a $FOO_HOME", [2]),
        Row("DL3046", "FROM debian:12\nARG uid=1000\nRUN useradd -u ${uid} x", []),
        Row("DL3046", "FROM debian:12\nARG uid=1000\nRUN useradd -u $uid x", []),
        Row("DL3046", "FROM debian:12\nARG LONG_NAME\nRUN useradd --uid=\"${LONG_NAME}\" x", []),
        Row("DL3046", "FROM debian:12\nARG uid=1234567\nRUN useradd -u $uid x && useradd -u ${uid} y", [3, 3]),
        Row("DL3045", "FROM debian:12\nARG D=rel\nCOPY a $D", [3]),
        Row("DL3045", "FROM debian:12\nENV D=/abs\nARG D=rel\nCOPY a $D", [4]),
        Row("DL3045", "FROM debian:12\nARG D=rel\nENV D=/abs\nCOPY a $D", []),
        Row("DL3021", "FROM debian:12\nENV D=/x/\nCOPY a b $D", []),
        Row("DL3021", "FROM debian:12\nENV D=/x\nCOPY a b ${D}", [3]),
        Row("DL3021", "FROM debian:12\nARG D\nCOPY a b $D\nCOPY a b $D/c", []),
        Row("DL3020", "FROM debian:12\nARG A=x.tar B=x.txt C\nADD $A /\nADD $B /\nADD ${C} /\nADD https://h/$C /", [4]),
        Row(
            "DL3020",
            "FROM debian:12\nADD git@h:x/y.git /\nADD https://h/x.git#main:d /\nADD ssh://h/x /\nADD x /",
            [5]
        ),
    ]

    @Test(arguments: stages) func `names of stages and values of variables are followed`(_ row: Row) { check(row) }

    @Test func `what a base image may set is said`() {
        func message(_ base: String) -> String? {
            let file = Dockerfile(parsing: "FROM \(base)\nUSER $WHO\n")
            return Linter().lint(file, name: "x").findings.first { $0.code == "UndefinedVar" }?.message
        }
        #expect(message("example.com/x:1") == "the variable $WHO is not defined here, unless the base image sets it")
        #expect(message("debian:12") == "the variable $WHO is not defined here")
    }

    // MARK: Windows

    static let windows: [Row] = {
        let core = "mcr.microsoft.com/windows/servercore:ltsc2022"
        return [
            run("DL4006", core, "dir | findstr x", false),
            run("DL4006", "python:3-windowsservercore-1809", "dir | findstr x", false),
            Row("DL4006", "ARG B=\(core)\nFROM $B AS a\nFROM a\nRUN dir | sort", []),
            Row("DL4006", "FROM --platform=windows/amd64 x:1\nRUN dir | sort", []),
            Row("DL4006", "# escape=`\nFROM x:1\nRUN dir | sort", []),
            Row("DL4006", "FROM \(core)\nSHELL [\"bash\", \"-c\"]\nRUN ls | sort", [3]),
            run("DL4006", "debian:12", "powershell -Command a | b", false),
            run("DL4006", "dockcross/windows-shared-x64", "ls | sort", true),
            run("DL3016", core, "npm install x", true),
            run("DL3016", core, "cd C:\\x & npm install x", true),
            run("DL3016", core, "powershell -NoProfile -Command \"if ($x) { npm install y }\"", true),
            Row(
                "DL3016",
                "FROM \(core)\nSHELL [\"pwsh\", \"-c\"]\nRUN Write-Host 'npm install x'; npm install 'y'",
                [3]
            ),
            Row("DL3016", "FROM \(core)\nRUN [\"powershell\", \"-Command\", \"npm install x\"]", [2]),
            run("DL3013", core, "pip install --no-cache-dir requests", true),
            run("DL3003", core, "cd C:\\x && dir", true),
            run("DL3047", core, "powershell wget https://x -OutFile y", false),
            run("DL3001", core, "powershell ps", false),
            Row("DL3059", "FROM \(core)\nSHELL [\"powershell\", \"-c\"]\nRUN a\nRUN b; c\nRUN d\nRUN e", [6]),
            Row("DL3059", "FROM \(core)\nRUN a && b\nRUN c\nRUN powershell \"d; e\"\nRUN f", [4, 5]),
            Row("DL3059", "# escape=`\nFROM x:1\nRUN Add-Thing a; b\nRUN &$Env:windir\\x.exe c", []),
            Row("DL3059", "# escape=`\nFROM x:1\nRUN my-thing a; b\nRUN $c = 1; d", []),
            Row("DL3059", "# escape=`\nFROM x:1\nRUN my-thing a; b\nRUN c", [4]),
            Row("DL3013", "# escape=`\nFROM x:1\nRUN Get-Item *.whl | % { & pip install $_.FullName }", []),
        ]
    }()

    @Test(arguments: windows) func `cmd and PowerShell are read as what they are`(_ row: Row) { check(row) }

    // MARK: Caches

    static let cleaning: [Row] = [
        run("DL3032", "centos:7", "yum clean all && yum install -y x-1", true),
        run("DL3032", "centos:7", "yum install -y x-1 && yum clean all", false),
        run("DL3032", "centos:8", "yum install -y x-1 && dnf clean all", false),
        run("DL3032", "centos:8", "yum install -y x-1 && rm -rf /var/cache/dnf", false),
        run("DL3032", "centos:7", "yum install -y x-1 && rm -rf /tmp/x", true),
        run("DL3032", "centos:7", "--mount=type=cache,target=/var/cache/yum yum install -y x-1", false),
        run("DL3040", "fedora:40", "dnf clean all; dnf install -y x-1", true),
        run("DL3040", "fedora:40", "dnf install -y x-1 && rm -rf /var/cache/*", false),
        run("DL3040", "fedora:40", "dnf install -y x-1 && rm -rf /var/cache/{dnf,yum}", false),
        run("DL3040", "fedora:40", "--mount=type=cache,target=/var/cache dnf install -y x-1", false),
        run("DL3040", "fedora:40", "microdnf install -y x-1 && dnf clean all", true),
        run("DL3036", "opensuse/leap:15", "zypper clean && zypper -n in x=1", true),
        run("DL3036", "opensuse/leap:15", "zypper -n in x=1 && rm -rf /var/cache/zypp/*", false),
        run("DL3009", "debian:13", "apt-get update && apt-get dist-clean", false),
        run("DL3009", "debian:13", "apt-get update && apt-get distclean", false),
        run("DL3009", "debian:12", "apt-get update && rm -fr /var/lib/apt/lists", false),
        run("DL3009", "debian:12", "apt-get update && rm -r -f /var/lib/apt/", false),
        run("DL3009", "debian:12", "apt-get update && find /var/lib/apt/lists -type f -delete", false),
        run("DL3009", "debian:12", "apt-get update && rm -rf /tmp/*", true),
        run("DL3009", "debian:12", "rm -rf /var/lib/apt/lists/* && apt-get update", true),
        run("DL3009", "debian:12", "--mount=type=tmpfs,target=/var/lib/apt apt-get update", false),
        run("DL3009", "debian:12", "--mount=type=cache,target=/var/lib/apt/x apt-get update", true),
        run("DL3060", "node:20", "yarn cache clean && yarn install", true),
        run("DL3060", "node:20", "yarn install && rm -rf /usr/local/share/.cache", false),
        run("DL3042", "python:3", "export PIP_NO_CACHE_DIR=1 && pip install x==1", false),
        run("DL3042", "python:3", "pip install x==1 && export PIP_NO_CACHE_DIR=1", true),
        run("DL3042", "python:3", "env PIP_NO_CACHE_DIR=1 pip install x==1", false),
        run("DL3042", "python:3", "--mount=type=cache,target=/root/.cache pip install x==1", false),
        run("DL3042", "python:3", "pip install x==1 && rm -rf ~/.cache", false),
        run("DL3042", "python:3", "pip cache purge && pip install x==1", true),
        Row("DL3042", "FROM python:3\nARG PIP_NO_CACHE_DIR=yes\nRUN pip install x==1", []),
        Row("DL3042", "FROM python:3\nENV PIP_NO_CACHE_DIR=off\nRUN pip install x==1", []),
        Row("DL3042", "FROM python:3\nARG PIP_NO_CACHE_DIR\nRUN pip install x==1", [3]),
    ]

    @Test(arguments: cleaning) func `a cache is gone where something removes it afterwards`(_ row: Row) { check(row) }

    // MARK: Programs and packages

    static let programs: [Row] = [
        run("DL3013", "python:3", "pipenv run python setup.py install", false),
        run("DL3041", "fedora:40", "dnf group install -y Tools && dnf clean all", false),
        run("DL3041", "fedora:40", "dnf install -y @tools", false),
        run("DL3041", "fedora:40", "dnf install -y --repo x --setopt a=b y-1", false),
        run("DL3033", "centos:7", "yum --enablerepo epel install -y x", true),
        run("DL3033", "centos:7", "yum install -y devtoolset-10-gcc-*", true),
        run("DL3033", "centos:7", "yum install -y devtoolset-10-gcc", false),
        Row(
            "DL3033",
            "FROM centos:7\nENV P=\"x-1 y\" Q=\"--nogpg x-1\"\nRUN yum install -y $P\nRUN yum install -y $Q",
            [3]
        ),
        Row("DL3041", "FROM fedora:40\nENV V=1\nARG W\nRUN dnf install -y x-$V y-$W\nRUN dnf install -y z$V", [5]),
        Row("DL3033", "FROM centos:7\n \\\nRUN yum install -y x", [3]),
        Row(
            "DL3059",
            "FROM debian:12\nRUN a\nRUN [ -e /b ] && c\nRUN if [[ d ]]; then e; fi\nRUN test -e f && g",
            [3, 4]
        ),
        Row("DL3059", "FROM debian:12\nRUN a\nRUN bash -c 'b && c'\nRUN [ -e $(d) ] && e\nRUN f", [3]),
        run("DL3016", "node:20", "exec npm install x", true),
        run("DL3016", "node:20", "env A=1 -u B npm install x", true),
        run("DL3016", "node:20", "command npm install x", true),
        run("DL3016", "node:20", "timeout -k 5 60 nice -n 3 npm install x", true),
        run("DL4001", "debian:12", "command -v wget; curl x", false),
        run("DL3016", "node:20", "npm --prefix ./x --cache /c install --omit dev a@1", false),
        run("DL3016", "node:20", "npm install file:../q . link:../r github:a/b#c", false),
        run("DL3016", "node:20", "npm install github:a/b", true),
        run("DL3013", "python:3", "pip install .[dev] '..[a,b]' file:../q ./x.whl[y] x.zip", false),
        run("DL3013", "python:3", "pip install --python 3.11 --root-user-action ignore x==1", false),
        run("DL3008", "debian:12", "apt-get -o A::B=c -t s install -y -c f x=1", false),
        run("DL3018", "alpine:3", "apk add --root /r --arch x86 --keys-dir /k -X u x=1", false),
        run("DL3037", "opensuse/leap:15", "zypper -R /r in -y --from a -t pattern x=1", false),
        run("DL3028", "ruby:3", "gem install --source u -i /d -n /b x:1 y.gem", false),
        run("DL3028", "ruby:3", "gem install --source u x", true),
        run("DL3062", "golang:1", "go install -ldflags '-s' -tags a,b x.y/z@v1", false),
        run("DL3062", "golang:1", "go install -mod mod x.y/z", true),
        run("DL4006", "debian:12", "set -o pipefail && a | b", false),
        run("DL4006", "debian:12", "set -euxo pipefail; a | b", false),
        run("DL4006", "debian:12", "a | b; set -o pipefail", true),
        run("DL4006", "debian:12", "set -o pipefail; set +o pipefail; a | b", true),
        run("DL4006", "debian:12", "[\"bash\", \"-o\", \"pipefail\", \"-c\", \"a | b\"]", false),
        run("DL4006", "debian:12", "[\"bash\", \"-c\", \"set -o pipefail; a | b\"]", false),
        run("DL4006", "debian:12", "[\"bash\", \"-c\", \"a | b\"]", true),
    ]

    @Test(arguments: programs) func `the program that runs is found, and what it installs`(_ row: Row) { check(row) }

    @Test(arguments: [
        ("apt.key", false), ("nginx_signing.key", false), ("ca.pem", false), ("ca-bundle.pem", false),
        ("id_rsa.pub", false), ("public.pem", false), ("tokenizer.json", false), ("token_utils.py", false),
        ("rpm-gpg.key", false), ("id_rsa", true), ("server.key", true), ("ca-private.key", true), ("token", true),
        ("client_secret.json", true), (".npmrc", true),
    ])
    func `names of what everyone may see are no secrets`(_ name: String, _ isSecret: Bool) {
        check(Row("SecretDeletedLater", "FROM debian:12\nCOPY \(name) /\nRUN x && rm /\(name)", isSecret ? [2] : []))
    }

    @Test func `an empty line that goes on belongs to the instruction for BuildKit alone`() {
        let findings = Linter().lint(Dockerfile(parsing: "FROM debian:12\n \\\nMAINTAINER x\n"), name: "x").findings
        let finding = findings.first { $0.code == "MaintainerDeprecated" }
        #expect(finding?.instructionLine == 3)
        #expect(finding?.buildKitLine == 2)
    }

    // MARK: Names and sets of rules

    @Test func `names of rules are known in any case`() {
        var configuration = LintConfiguration()
        configuration.ignored = ["dl3006", "USEROOT", "sc2086", "jsonargsrecommended"]
        configuration.severities = ["undefinedvar": .info]
        configuration.canonicaliseNames()
        #expect(configuration.ignored == ["DL3006", "USEROOT", "SC2086", "JSONArgsRecommended"])
        #expect(configuration.severities == ["UndefinedVar": .info])
        let complaints = LintConfiguration.complaint(about: ["DL3006", "DL30006", "sc1", "SCx"], of: "--ignore")
        #expect(complaints.count == 2)
        #expect(complaints.first == "--ignore: there is no rule \"DL30006\"; did you mean DL3006?")
    }

    @Test func `the rules of one tool have its names, its severities and nothing else`() throws {
        let text = "FROM debian as a\nMAINTAINER x\nWORKDIR b\nCOPY . /x\nCMD c\nCMD d\nRUN apt upgrade -y\n"
        func codes(_ set: RuleSet) -> [String] {
            var configuration = LintConfiguration()
            configuration.ruleSet = set
            let findings = Linter(configuration).lint(Dockerfile(parsing: text), name: "x").findings
            return findings.map { "\($0.code) \($0.instructionLine) \($0.severity.name)" }
        }
        let hadolint = codes(.hadolint)
        #expect(hadolint.allSatisfy { $0.hasPrefix("DL") })
        #expect(hadolint.contains("DL4003 6 warning") && hadolint.contains("DL3025 5 warning"))
        let buildKit = codes(.buildkit)
        #expect(buildKit.contains("FromAsCasing 1 warning") && buildKit.contains("WorkdirRelativePath 3 error"))
        #expect(!buildKit.contains { $0.hasPrefix("DL") || $0.hasPrefix("PackageUpgrade") })
        #expect(codes(.all).contains { $0.hasPrefix("PackageUpgrade") })
    }

    @Test func `paths in formats for programs have no dot before them`() {
        #expect(LintFormat.plainPath("./a/./Dockerfile") == "a/./Dockerfile")
        #expect(LintFormat.plainPath(".//x") == "x")
        #expect(LintFormat.plainPath("../x") == "../x")
        #expect(LintFormat.plainPath("./") == "./")
        let result = Linter().lint(Dockerfile(parsing: "FROM debian\n"), name: "./d/Dockerfile")
        for format in LintFormat.allCases {
            let text = format.render([result], LintFormatOptions())
            #expect(text.contains("./d/") == (format == .tty), "\(format)")
            #expect(text.contains("d/Dockerfile"), "\(format)")
        }
    }
}
