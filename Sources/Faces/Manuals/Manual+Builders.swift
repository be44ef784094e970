extension Manual {
    /// The manuals of the commands about engines.
    static let ofBuilders: [String: Manual] = [
        "builder": Manual(
            examples: [
                Example("See which engine takes the next build.", "caisson builder ls"),
                Example(
                    "Give an engine a name, and use it.",
                    "caisson builder create --name farm --use ssh://build.example"
                ),
            ],
            environment: ofEngine
        ),
        "builder ls": Manual(
            examples: [
                Example("List the engines that are found.", "caisson builder ls"),
                Example("The same for a program.", "caisson builder ls --format json"),
            ],
            environment: ofEngine
        ),
        "builder inspect": Manual(
            examples: [
                Example("See what the engine of the next build can do.", "caisson builder inspect"),
                Example(
                    "See it of another, and start it where it doesn't run.",
                    "caisson builder inspect --bootstrap farm"
                ),
            ],
            environment: ofEngine
        ),
        "builder create": Manual(
            about: """
                Each platform of a build goes to the node that is meant for it, else to one that runs it natively, else \
                to one that emulates it. Without an address, or with that of a dockerd, a container with an engine of the \
                builder's own is made there at the first build, as docker buildx does it.
                """,
            examples: [
                Example(
                    "Name two machines as one builder, each for its platform.",
                    "caisson builder create --name farm --use --node unix:///run/buildkit/buildkitd.sock "
                        + "--platform linux/amd64 --node tcp://arm.example:1234,cacert=ca.pem,cert=me.pem,key=me-key.pem "
                        + "--platform linux/arm64"
                ),
                Example(
                    "Make an engine of its own in a container of dockerd.",
                    "caisson builder create --name own --driver docker-container --driver-opt network=host --use"
                ),
            ],
            environment: ofEngine
        ),
        "builder use": Manual(
            examples: [
                Example("Let builds that name no other go to a builder.", "caisson builder use farm"),
                Example("Go back to the environment's engine.", "caisson builder use default"),
            ],
            environment: ["CAISSON_HOME"]
        ),
        "builder rm": Manual(
            examples: [
                Example("Forget a builder.", "caisson builder rm farm"),
                Example("Forget it, and keep its cache for another.", "caisson builder rm --keep-state own"),
            ],
            environment: ["BUILDX_CONFIG", "CAISSON_HOME", "DOCKER_CONFIG"]
        ),
        "builder stop": Manual(
            examples: [
                Example("End the private engine.", "caisson builder stop"),
                Example("End a builder's containers.", "caisson builder stop own"),
            ],
            environment: ["BUILDX_CONFIG", "CAISSON_HOME", "DOCKER_CONFIG"]
        ),
        "dial-stdio": Manual(
            about: """
                What a program writes goes to the engine as it is, and the engine's answers come back, until the engine \
                closes the connection. The protocol is HTTP/2 with gRPC, as a BuildKit client speaks it.
                """,
            examples: [
                Example(
                    "Lend a builder to another client of BuildKit, as its command.",
                    "caisson dial-stdio --builder own"
                )
            ],
            environment: ofEngine + ["DOCKER_DEFAULT_PLATFORM"]
        ),
    ]

    /// What wins over the configuration's file, and what says where that is.
    private static let ofConfiguration = [
        "BUILD_ENGINE_ARTIFACT_DIR", "BUILD_ENGINE_LOG_LEVEL", "BUILD_ENGINE_MAX_CONCURRENT",
        "BUILD_ENGINE_NETWORK_ENABLED", "BUILD_ENGINE_WORKSPACE_ROOT", "CAISSON_HOME", "XDG_CONFIG_HOME",
    ]

    /// The manuals of the other commands.
    static let ofRest: [String: Manual] = [
        "completion": Manual(
            about: """
                In ~/.bashrc: source <(caisson completion bash). In ~/.zshrc the same with zsh. In config.fish: caisson \
                completion fish | source. The stages, builders and rules that are offered are those of the moment.
                """,
            examples: [Example("Print the script for bash.", "caisson completion bash")],
            environment: ["COLUMNS"]
        ),
        "config": Manual(
            examples: [
                Example("See what is set, and where.", "caisson config show"),
                Example("Hold that a file is right before it is used.", "caisson config check caisson.toml"),
            ],
            environment: ofConfiguration
        ),
        "config show": Manual(
            about: """
                The first caisson.toml that is there counts: in the working directory, in the user's settings, in \
                /etc/caisson. The environment's variables win over it, flags of commands over both.
                """,
            examples: [
                Example("List each setting with its value and origin.", "caisson config show"),
                Example("The same for a program.", "caisson config show --format json"),
            ],
            environment: ofConfiguration
        ),
        "config check": Manual(
            about:
                "All that is wrong is told in one run, each with line and column; the linter's table is checked, too.",
            examples: [
                Example("Check what counts here, variables included.", "caisson config check"),
                Example("Check a file, whatever else is here.", "caisson config check deploy/caisson.toml"),
            ],
            environment: ofConfiguration,
            status: "0 nothing is wrong, 2 something is."
        ),
        "plugins": Manual(
            examples: [Example("Make 'docker caisson build' run this program.", "caisson plugins install --self")],
            environment: ["DOCKER_CONFIG"]
        ),
        "plugins install": Manual(
            about: """
                docker finds its plugins in the folder cli-plugins of its configuration. A file of the plugin's name that \
                isn't ours stays as it is.
                """,
            examples: [
                Example("Make 'docker caisson build' run this program.", "caisson plugins install --self"),
                Example("Make 'docker build' run it, too.", "caisson plugins install --as-builder"),
                Example("Undo both.", "caisson plugins install --remove"),
            ],
            environment: ["DOCKER_CONFIG"]
        ),
        "version": Manual(
            examples: [
                Example("See what this program is.", "caisson version"),
                Example("The same for a program.", "caisson version --format json"),
            ],
            environment: ["COLUMNS"]
        ),
    ]
}
