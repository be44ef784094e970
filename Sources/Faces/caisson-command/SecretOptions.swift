import ArgumentParser
import CaissonBuildModel

/// What steps may use and nobody may see.
struct SecretOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            A secret for RUN --mount=type=secret,id=NAME: id=NAME[,src=FILE|,env=VARIABLE], or NAME for the environment \
            variable or else the file of that name. With rotate=true a changed value rebuilds the steps after \
            ARG CAISSON_SECRET_NAME. Repeatable.
            """,
            valueName: "secret"
        )
    )
    var secret: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            An SSH agent for RUN --mount=type=ssh: default, or ID[=SOCKET|KEY[,KEY…]]: the agent of SSH_AUTH_SOCK, another \
            one, one of its own for private keys, or the user's narrowed to public keys. Steps can only list keys and sign. \
            Repeatable.
            """,
            valueName: "agent"
        )
    )
    var ssh: [String] = []

    @Flag(help: "Show the values of secrets in output and errors, where they are replaced by *** otherwise.")
    var noMask = false

    /// Puts the options into a request.
    func apply(to request: inout BuildRequest) throws(BuildError) {
        let given = secret.filter { !$0.isEmpty }
        request.secrets = try FlagValue.each("--secret", given) { (text) throws(ParseError) in
            try SecretSpec(parsing: text)
        }
        request.ssh = try FlagValue.each("--ssh", ssh.filter { !$0.isEmpty }) { (text) throws(ParseError) in
            try SSHSpec(parsing: text)
        }
        request.masksSecrets = !noMask
    }
}
