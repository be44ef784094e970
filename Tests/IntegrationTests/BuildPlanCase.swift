import Foundation
import Testing

/// A staged build: what is done before each build, the last of which is foretold.
struct BuildPlanCase: Sendable, CustomTestStringConvertible {
    /// What a build is made from.
    struct World: Sendable {
        /// The Dockerfile; `SEED` in it is another word for each case.
        var text: String
        /// The files of the context, by their paths.
        var files = [
            "go.mod": "module", "src/a.c": "a", "src/b.c": "b", "docs/x.md": "x", "state": "good",
        ]
        /// Flags of the next builds.
        var flags: [String] = []
        /// What is removed from the engine's cache before the next build: records whose descriptions have this.
        var removed: String?
        /// Whether the next build fails.
        var fails = false

        /// Puts other words into the Dockerfile.
        mutating func edit(_ old: String, _ new: String) { text = text.replacing(old, with: new) }
    }

    typealias Edit = @Sendable (inout World) -> Void

    var name: String
    var text: String
    var edits: [Edit]

    init(_ name: String, _ text: String = BuildPlanCase.plain, _ edits: Edit...) {
        (self.name, self.text, self.edits) = (name, text, edits)
    }

    var testDescription: String { name }

    // MARK: Dockerfiles

    /// One stage as many have it.
    static let plain = """
        FROM BASE
        RUN echo SEED >/seed
        WORKDIR /app
        COPY go.mod ./
        RUN cat go.mod >/deps
        COPY src src/
        RUN cat src/* >/out
        LABEL v=1
        """
    /// Arguments and variables.
    static let variables = """
        FROM BASE
        RUN echo SEED >/seed
        ARG VERSION=1
        ENV MODE=fast
        RUN echo $VERSION >/version
        USER 1000
        RUN id -u
        WORKDIR /home/$MODE
        COPY docs docs/
        """
    /// Stages that make what another takes; what they make is the same each time.
    static let staged = """
        FROM BASE AS build
        RUN echo SEED >/seed
        COPY src /src/
        RUN cat /src/* >/out && touch -d @1000 /out
        FROM BASE AS docs
        COPY docs /d/
        RUN cat /d/* >/html && touch -d @1000 /html
        FROM BASE
        RUN echo SEED tls >/tls
        COPY --from=build /out /bin/app
        COPY --from=docs /html /doc
        RUN ls -l /bin/app /doc
        """
    /// Stages on a common one.
    static let common = """
        FROM BASE AS base
        RUN echo SEED >/seed
        ENV A=1
        FROM base AS test
        COPY src /s/
        RUN cat /s/*
        FROM base AS final
        COPY docs /d/
        RUN cat /d/*
        """
    /// Mounts of the context and of a stage.
    static let mounts = """
        FROM scratch AS tool
        COPY go.mod /tool/
        FROM BASE
        RUN echo SEED >/seed
        RUN --mount=type=bind,source=docs,target=/m ls /m
        RUN --mount=type=bind,from=tool,source=/tool,target=/m cat /m/*
        RUN --mount=type=cache,id=SEED,target=/c echo >>/c/count
        RUN --mount=type=bind,source=src,target=/m cat /m/*
        """
    /// Commands in all their forms.
    static let forms = """
        FROM BASE
        RUN ["/bin/sh", "-c", "echo SEED >/seed"]
        RUN ["echo", "a b", "$HOME"]
        RUN <<END
        echo one
        echo SEED
        END
        SHELL ["/bin/sh", "-e", "-c"]
        RUN echo \\
            SEED two
        ENV WORD=x
        RUN echo $WORD ${WORD:-y}
        RUN --network=none echo three
        """
    /// One whose last step fails where a file says so.
    static let failing = """
        FROM BASE
        RUN echo SEED >/seed
        COPY go.mod /
        RUN cat /go.mod
        COPY state /
        RUN grep good /state
        """
}
