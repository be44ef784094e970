extension Manual {
    /// The manuals of all commands that help shows, by the words that call them.
    package static let commands = Manual.ofBuilds.merging(Manual.ofBuilders) { first, _ in first }
        .merging(Manual.ofImages) { first, _ in first }.merging(Manual.ofRest) { first, _ in first }
        .merging(Manual.ofRecords) { first, _ in first }.merging(Manual.ofTasks) { first, _ in first }
        .merging(Manual.ofKernels) { first, _ in first }
        .merging(Manual.ofCaches) { first, _ in first }

    /// What says which engine a command speaks to.
    static let ofEngine = [
        "BUILDKIT_HOST", "BUILDX_BUILDER", "BUILDX_CONFIG", "CAISSON_HOME", "CAISSON_HOST", "DOCKER_CERT_PATH",
        "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_HOST", "DOCKER_TLS", "DOCKER_TLS_VERIFY",
    ]
    /// What is said of batches alone.
    private static let ofBatches = [
        "BAKE_ALLOW_REMOTE_FS_ACCESS",
        "BUILDX_BAKE_DISABLE_VARS_ENV_LOOKUP", "BUILDX_BAKE_ENTITLEMENTS_FS", "BUILDX_BAKE_FILE",
        "BUILDX_BAKE_FILE_RELATIVE_PATHS", "BUILDX_BAKE_GIT_AUTH_HEADER", "BUILDX_BAKE_GIT_AUTH_TOKEN",
        "BUILDX_BAKE_GIT_SSH", "BUILDX_BAKE_PATH_SEPARATOR",
    ]
    private static let ofRegistry = ["DOCKER_AUTH_CONFIG", "DOCKER_CONFIG", "HTTPS_PROXY"]

    private static let ofBuilds: [String: Manual] = [
        "": Manual(
            examples: [
                Example("Build the directory and name the image.", "caisson build -t app ."),
                Example("Build all images of a bake or compose file.", "caisson batch"),
                Example("Check its Dockerfile.", "caisson lint"),
                Example("See what the build sends to the engine.", "caisson context size"),
                Example("See which engine takes the build.", "caisson builder ls"),
            ],
            environment: ["CAISSON_HOME", "CAISSON_HOST", "COLUMNS", "DOCKER_CONFIG", "DOCKER_HOST", "NO_COLOR"]
        ),
        "build": Manual(
            about: """
                The context is a directory, the address of a git repository or of an archive, or - for a tar or a \
                Dockerfile on standard input.
                """,
            examples: [
                Example("Build the directory and name the image.", "caisson build -t app ."),
                Example(
                    "Build for two platforms and push what they make.",
                    "caisson build --platform linux/amd64,linux/arm64 --push -t registry.example/app:1 ."
                ),
                Example("Take files of a stage instead of an image.", "caisson build --target bin -o out ."),
                Example("See which steps would run now, and how long that takes.", "caisson build --plan ."),
                Example(
                    "Give a step a secret that the image doesn't keep.",
                    "caisson build --secret id=token,env=TOKEN -t app ."
                ),
                Example(
                    "Keep the cache in a registry, for the next job.",
                    "caisson build --cache-from registry.example/app:cache "
                        + "--cache-to type=registry,ref=registry.example/app:cache,mode=max -t app ."
                ),
                Example(
                    "Build a repository's branch with its own Dockerfile.",
                    "caisson build 'https://git.example/app.git#main:server'"
                ),
            ],
            environment: ofEngine + [
                "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                "BUILDKIT_COLORS", "BUILDKIT_DOCKERFILE_CHECK", "BUILDKIT_NO_CLIENT_TOKEN", "BUILDKIT_PROGRESS",
                "BUILDKIT_TTY_LOG_LINES", "BUILDX_GIT_CHECK_DIRTY", "BUILDX_GIT_INFO", "BUILDX_GIT_LABELS",
                "BUILDX_METADATA_PROVENANCE", "BUILDX_METADATA_WARNINGS", "BUILDX_NO_DEFAULT_ATTESTATIONS",
                "BUILDX_NO_DEFAULT_LOAD", "CAISSON_ENGINE", "CAISSON_ENGINE_IDLE", "CAISSON_SECRET_SALT",
                "DOCKER_AUTH_CONFIG", "DOCKER_DEFAULT_PLATFORM", "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY", "HTTPS_PROXY",
                "NO_COLOR", "SOURCE_DATE_EPOCH",
            ]
        ),
        "batch": Manual(
            about: """
                Without --file the definition is caisson.yaml, or all that is there of compose.yaml, compose.yml, \
                docker-compose.yml, docker-compose.yaml, docker-bake.json, docker-bake.hcl, docker-bake.override.json and \
                docker-bake.override.hcl. Builds run side by side; a target that is another's context is built first, once.
                """,
            examples: [
                Example("Build the group default.", "caisson batch"),
                Example("See what would be built.", "caisson batch --print app"),
                Example("List what can be built.", "caisson batch --list targets"),
                Example(
                    "Set a variable and a field, and push what is built.",
                    "caisson batch --var TAG=1.4 --set 'app.platform=linux/amd64,linux/arm64' --push app db"
                ),
                Example("Build what a compose file describes.", "caisson batch -f compose.yaml"),
                Example(
                    "Build a repository's own definition.",
                    "caisson batch 'https://git.example/app.git#main' --print"
                ),
                Example("Check the Dockerfiles of all targets.", "caisson batch --check"),
                Example("Build four at a time, and go on where one fails.", "caisson batch --jobs 4 --keep-going"),
                Example("Go on where the last batch ended.", "caisson batch --resume"),
                Example("Keep how all ended for a CI server.", "caisson batch --summary report.xml"),
            ],
            environment: ofEngine + ofBatches + [
                "BUILDKIT_COLORS", "BUILDKIT_PROGRESS", "BUILDKIT_TTY_LOG_LINES", "BUILDX_GIT_CHECK_DIRTY",
                "BUILDX_GIT_INFO", "BUILDX_GIT_LABELS", "BUILDX_METADATA_PROVENANCE", "BUILDX_METADATA_WARNINGS",
                "BUILDX_NO_DEFAULT_ATTESTATIONS", "BUILDX_NO_DEFAULT_LOAD", "CAISSON_ENGINE", "CAISSON_ENGINE_IDLE",
                "DOCKER_AUTH_CONFIG", "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY", "HTTPS_PROXY", "NO_COLOR",
                "SOURCE_DATE_EPOCH",
            ]
        ),
        "lint": Manual(
            about: """
                FILE is a Dockerfile, - for standard input, or a directory, in which Dockerfile*, *.Dockerfile and \
                Containerfile are found.
                """,
            examples: [
                Example("Check ./Dockerfile.", "caisson lint"),
                Example("See what can be fixed, then fix it.", "caisson lint --diff --fix ."),
                Example("Read why a rule is one.", "caisson lint --explain DL3008"),
                Example("Check all of a repository in CI.", "caisson lint -f github -t warning ."),
                Example("Check what another program writes.", "caisson lint --rules hadolint -"),
                Example("Serve an editor, which starts this itself.", "caisson lint --lsp"),
            ],
            environment: ["BUILDKIT_DOCKERFILE_CHECK", "HTTPS_PROXY", "NO_COLOR"],
            status: """
                0, 1 for findings of the threshold's severity or a file that doesn't parse, 2 for wrong usage or \
                configuration.
                """
        ),
        "context": Manual(
            about: "The ignore file is <Dockerfile>.dockerignore where there is one, else .dockerignore in DIRECTORY.",
            examples: [
                Example("See what makes a context big.", "caisson context size"),
                Example("See why a file isn't sent.", "caisson context explain src/app.log"),
            ],
            environment: ["COLUMNS"]
        ),
        "context ls": Manual(
            examples: [
                Example("List what is sent.", "caisson context ls"),
                Example("The same of another directory, for a program.", "caisson context ls --format json server"),
            ],
            environment: ["COLUMNS"]
        ),
        "context size": Manual(
            examples: [Example("See the largest files and folders.", "caisson context size -f server/Dockerfile .")],
            environment: ["COLUMNS"]
        ),
        "context explain": Manual(
            examples: [
                Example("See which line of .dockerignore keeps a file out.", "caisson context explain dist/app.js")
            ],
            environment: ["COLUMNS"]
        ),
        "context export": Manual(
            examples: [
                Example("Write it to a file.", "caisson context export -o context.tar.zst --compress zstd ."),
                Example("Give it to another program.", "caisson context export -o - ."),
            ],
            environment: ["SOURCE_DATE_EPOCH"]
        ),
    ]

    private static let ofImages: [String: Manual] = [
        "image": Manual(
            examples: [
                Example("See the platforms of an image.", "caisson image inspect debian:12"),
                Example(
                    "Give an image another name, without fetching it.",
                    "caisson image create -t registry.example/app:stable registry.example/app:1.4"
                ),
            ],
            environment: ofRegistry
        ),
        "image inspect": Manual(
            examples: [
                Example("See what a registry has.", "caisson image inspect debian:12"),
                Example("Get its digest alone.", "caisson image inspect --format '{{.Manifest.Digest}}' debian:12"),
                Example("Get the manifest as it is stored.", "caisson image inspect --raw debian:12"),
            ],
            environment: ofRegistry
        ),
        "image create": Manual(
            about: "A SOURCE is a reference, a digest, or a descriptor in JSON.",
            examples: [
                Example(
                    "Put two images together, each for its platform.",
                    "caisson image create -t registry.example/app:1 registry.example/app:1-amd64 "
                        + "registry.example/app:1-arm64"
                ),
                Example(
                    "See what would be made.",
                    "caisson image create --dry-run -t registry.example/app:2 registry.example/app:1"
                ),
            ],
            environment: ofRegistry
        ),
    ]
}
