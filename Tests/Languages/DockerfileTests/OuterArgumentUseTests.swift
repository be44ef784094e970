import Testing

@testable import CaissonDockerfile

/// Variables whose ARG stands before the first FROM, in stages.
@Suite struct OuterArgumentUseTests {
    private static func uses(_ text: String) -> [String] {
        Dockerfile(parsing: "ARG V=1 W=2\n" + text).outerArgumentUses.map { "\($0.name):\($0.line)" }
    }

    @Test(arguments: [
        "RUN echo $V", "RUN echo \"${V}\"", "COPY a /$V", "COPY --chown=$V a /", "LABEL v=$V", "ENV A=$V",
        "WORKDIR /$V",
        "USER ${V}", "EXPOSE $V", "VOLUME /$V", "ARG X=$V", "RUN <<E\necho $V\nE", "RUN make \\\n  V2=$V",
    ])
    func `a use in a stage that doesn't declare it is found`(line: String) {
        #expect(Self.uses("FROM scratch\n\(line)\n") == ["V:3"])
    }

    @Test(arguments: [
        "ARG V\nRUN echo $V", "ENV V=3\nRUN echo $V", "RUN echo '$V'", "RUN echo \\$V", "RUN echo ${V:-1}",
        "RUN V=2; echo $V", "RUN export V=2 && echo $V", "RUN read V; echo $V", "RUN . /etc/os-release; echo $V",
        "RUN source x && echo $V", "RUN for V in 1; do echo $V; done", "RUN [\"echo\", \"$V\"]", "CMD echo $V",
        "ENTRYPOINT echo $V", "RUN <<'E'\necho $V\nE", "RUN echo $X", "ENV A=${V-x}", "HEALTHCHECK CMD echo $V",
    ])
    func `what the stage has, what the step sets and what may be set elsewhere is none`(lines: String) {
        #expect(Self.uses("FROM scratch\n\(lines)\n") == [])
    }

    @Test func `a stage has what the stage before it declares, and each name is said once of a stage`() {
        #expect(Self.uses("FROM scratch AS a\nARG V\nFROM a\nRUN echo $V $W\nRUN echo $W\n") == ["W:5"])
        #expect(Self.uses("FROM scratch AS a\nRUN $V\nFROM scratch\nRUN $V $V\n") == ["V:3", "V:5"])
        #expect(Dockerfile(parsing: "FROM scratch\nRUN echo $V\n").outerArgumentUses == [])
        #expect(Dockerfile(parsing: "ARG V\nRUN echo $V\n").outerArgumentUses == [])
    }

    @Test(arguments: [("FROM node:20", []), ("FROM debian", ["NODE_VERSION"]), ("FROM scratch", ["NODE_VERSION"])])
    func `an image sets its own version`(from: String, names: [String]) {
        let file = Dockerfile(parsing: "ARG NODE_VERSION=20\n\(from)\nRUN echo $NODE_VERSION\n")
        #expect(file.outerArgumentUses.map(\.name) == names)
        #expect(file.outerArgumentUses.allSatisfy { $0.mayBeImages == (from == "FROM debian") })
        let said = file.outerArgumentUses.first?.explanation
        #expect(said?.contains("unless the image sets it") != (from == "FROM scratch"))
    }
}
