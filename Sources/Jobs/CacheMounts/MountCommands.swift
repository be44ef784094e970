/// What the steps run, for the shells and tools of busybox and of larger images alike.
///
/// Neither uses an option that Debian's busybox lacks, such as `-T` of tar.
enum MountCommands {
    /// Arguments: the folder of the result and the mount's place.
    static let save = """
        set -e
        mkdir -p "$1"
        cd /caisson/from
        tar -cf "$1/$2.tar" .
        """

    /// Arguments: the name of the staging folder and the mode.
    ///
    /// `cp -alf` links each file to its place, after it has removed one that was there; what it can't do is to put a
    /// file in a folder's place or the other way round, so these are removed before. The time of the mount's own
    /// folder changes with the staging folder, so it is kept meanwhile.
    static let restore = """
        set -e
        cd /caisson/to
        rm -rf .caisson-restore-*
        mkdir "$1"
        tar -xzpf /caisson/from -C "$1"
        cd "$1"
        . /caisson/finish
        cd ..
        if [ "$2" = replace ]; then
        find . -mindepth 1 -maxdepth 1 ! -name "$1" -exec rm -rf {} +
        else
        cd "$1"
        find . -mindepth 1 -type d -exec sh -c 'for p; do
        if [ -L "../$p" ] || [ ! -d "../$p" ]; then rm -f "../$p"; fi
        done' - {} +
        find . ! -type d -exec sh -c 'for p; do
        if [ -d "../$p" ] && [ ! -L "../$p" ]; then rm -rf "../$p"; fi
        done' - {} +
        cd ..
        fi
        touch -r "$1" /caisson/time
        cp -alf "$1/." .
        rm -rf "$1"
        touch -r /caisson/time .
        """
}
