extension Manual {
    /// The manuals of the commands about kernels.
    static let ofKernels: [String: Manual] = [
        "kernel": Manual(
            about: """
                A kernel is built in one container on the engine, from a tree that it only reads, without network. What comes \
                out is checked: each file by its bytes, the configuration against what was asked for.
                """,
            examples: [
                Example(
                    "Build a kernel from the tree at hand, by the compiler of an image.",
                    "caisson kernel build -i kernel-tools:bookworm -k defconfig -o out"
                ),
                Example("Look at the artifacts of any kernel.", "caisson kernel verify /boot"),
            ],
            environment: ["CAISSON_HOST", "BUILDX_BUILDER", "BUILDKIT_HOST", "DOCKER_HOST", "CAISSON_HOME"]
        ),
        "kernel build": Manual(
            about: """
                The tree is a folder, an archive, a folder of an image, or a git repository, which is fetched on the engine before \
                the steps run, as they have no network; of a private one --git-secret or --git-ssh names what it is read by.

                Flags are TuxMake's, where it has them. A job can also be a file; flags win over it. Targets are image, modules, \
                dtbs, and any target of the kernel's Makefile; without any, these three are built, and what an architecture or \
                a configuration has not is skipped.

                Without --image the tools are an image of ours, built once on the engine from Debian's packages. With --boot the \
                kernel and its modules are booted in QEMU, with --check the kernel is built twice and both are compared.

                The folder of the results has the artifacts, logs, the scripts, manifest.json, metadata.json in TuxMake's form, SHA256SUMS and \
                status.json, which says how the job stands while it runs. What a failed job has left is there, too.
                """,
            examples: [
                Example(
                    "Build for arm64 with a fragment and two single symbols.",
                    "caisson kernel build -C linux -a arm64 -i cross-tools -k defconfig -K ci/board.config "
                        + "-K CONFIG_MODULES=y -K CONFIG_CRC4=m -o out"
                ),
                Example(
                    "Keep the build's folder and the compiler's cache for the next time.",
                    "caisson kernel build -i tools -b mine -w ccache"
                ),
                Example("Build what a file describes.", "caisson kernel build -i tools job.yaml"),
                Example(
                    "Build a tag of a private repository with two patches.",
                    "caisson kernel build --git https://git.example/linux.git#v6.6 --git-secret token "
                        + "--secret id=token,env=GIT_TOKEN --patch 1.patch --patch 2.patch"
                ),
                Example(
                    "Boot what was built, and find out whether it can be built again.",
                    "caisson kernel build -k tinyconfig -K ci/boot.config --boot --check rebuild-varied"
                ),
                Example("Make a Debian package.", "caisson kernel build -i tools bindeb-pkg KDEB_PKGVERSION=1"),
                Example(
                    "Take further files out of the build, which must be there.",
                    "caisson kernel build -i tools --artifact 'drivers/**/*.o'"
                ),
            ],
            environment: [
                "CAISSON_HOST", "BUILDX_BUILDER", "BUILDKIT_HOST", "DOCKER_HOST", "BUILDKIT_PROGRESS",
                "BUILD_ENGINE_ARTIFACT_DIR", "CAISSON_HOME",
            ]
        ),
        "kernel verify": Manual(
            about: """
                Each file is known by its bytes: images, vmlinux, modules (also compressed ones), device trees, Debian packages, \
                configurations. All must be whole and of one kernel; modules need each other; what SHA256SUMS lists must be as it \
                says. Status 1 where anything is wrong.
                """,
            examples: [
                Example("Look at what a build has left.", "caisson kernel verify out"),
                Example(
                    "The same for a program, with an architecture and a file that must be there.",
                    "caisson kernel verify --format json -a arm64 --artifact Image.gz out"
                ),
            ],
            environment: ["CAISSON_HOME"]
        ),
        "kernel script": Manual(
            about: "Nothing is built, and no engine is asked.",
            examples: [
                Example("See what a job would run.", "caisson kernel script -a arm64 -k defconfig image"),
                Example("See it of a job's file.", "caisson kernel script job.yaml"),
            ],
            environment: ["CAISSON_HOME"]
        ),
    ]
}
