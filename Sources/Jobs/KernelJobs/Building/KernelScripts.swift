package import CaissonContainerJobs

/// The scripts of a kernel job's steps, which this program carries.
package enum KernelScripts {
    /// The scripts, by their names.
    package static let files: [JobFile] = [
        JobFile("run.sh", PackageResources.run_sh), JobFile("common.sh", PackageResources.common_sh),
        JobFile("environment.sh", PackageResources.environment_sh), JobFile("source.sh", PackageResources.source_sh),
        JobFile("config.sh", PackageResources.config_sh), JobFile("image.sh", PackageResources.image_sh),
        JobFile("modules.sh", PackageResources.modules_sh), JobFile("dtbs.sh", PackageResources.dtbs_sh),
        JobFile("target.sh", PackageResources.target_sh), JobFile("collect.sh", PackageResources.collect_sh),
        JobFile("fetch.sh", PackageResources.fetch_sh), JobFile("boot.sh", PackageResources.boot_sh),
        JobFile("init.c", PackageResources.init_c), JobFile("patch.sh", PackageResources.patch_sh),
    ]
}
