import CaissonText

/// The keys that compose has where a build doesn't look; others are warned of.
enum ComposeKnownKeys {
    /// Warns of every key that isn't in the table.
    static func check(_ model: ComposeValue, _ report: inout ComposeReport) {
        check(model, rules, "", &report)
    }

    private static func check(
        _ value: ComposeValue,
        _ rules: ComposeRules<[String]>?,
        _ path: String,
        _ report: inout ComposeReport
    ) {
        guard let rules else { return }
        for (key, field) in value.sortedFields {
            if let known = rules.rule, !known.contains(key), !key.hasPrefix("x-") {
                report.warn(field.place, ComposeWords.unknown(key, path, known))
            }
            check(field.value, rules.below(key), path.isEmpty ? key : "\(path).\(key)", &report)
        }
        for item in value.list ?? [] { check(item, rules.below("*"), path, &report) }
    }

    private static let rules = ComposeRules<[String]>(table.mapValues { $0.split(separator: " ").map(String.init) })

    private static let resource = "name driver driver_opts external labels"
    private static let update = "parallelism delay failure_action monitor max_failure_ratio order"

    private static let table: [String: String] = [
        "": "version name include services models networks volumes secrets configs",
        "services.*": """
        develop deploy annotations attach build blkio_config cap_add cap_drop cgroup cgroup_parent command configs \
        container_name cpu_count cpu_percent cpu_shares cpu_quota cpu_period cpu_rt_period cpu_rt_runtime cpus cpuset \
        credential_spec depends_on device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file \
        label_file environment expose extends provider external_links extra_hosts gpus group_add healthcheck hostname \
        image init ipc isolation labels links logging mac_address mem_limit mem_reservation mem_swappiness \
        memswap_limit network_mode models networks oom_kill_disable oom_score_adj pid pids_limit platform ports \
        pre_start post_start pre_stop privileged profiles pull_policy pull_refresh_after read_only restart runtime \
        scale security_opt shm_size secrets sysctls stdin_open stop_grace_period stop_signal storage_opt tmpfs tty \
        ulimits use_api_socket user uts userns_mode volumes volumes_from working_dir
        """,
        "services.*.healthcheck": "disable interval retries test timeout start_period start_interval",
        "services.*.logging": "driver options",
        "services.*.credential_spec": "config file registry",
        "services.*.provider": "type options",
        "services.*.depends_on.*": "restart required condition",
        "services.*.extends": "service file",
        "services.*.networks.*": """
        aliases interface_name ipv4_address ipv6_address link_local_ips mac_address driver_opts priority gw_priority
        """,
        "services.*.volumes.*": "type source target read_only consistency bind volume tmpfs image",
        "services.*.volumes.*.bind": "propagation create_host_path recursive selinux",
        "services.*.volumes.*.volume": "labels nocopy subpath",
        "services.*.volumes.*.tmpfs": "size mode",
        "services.*.ports.*": "name mode host_ip target published protocol app_protocol",
        "services.*.devices.*": "source target permissions",
        "services.*.secrets.*": "source target uid gid mode",
        "services.*.configs.*": "source target uid gid mode",
        "services.*.develop": "watch",
        "services.*.develop.watch.*": "ignore include path action target exec initial_sync",
        "services.*.deploy": """
        mode endpoint_mode replicas labels rollback_config update_config resources restart_policy placement
        """,
        "services.*.deploy.rollback_config": update,
        "services.*.deploy.update_config": update,
        "services.*.deploy.resources": "limits reservations",
        "services.*.deploy.resources.limits": "cpus memory pids",
        "services.*.deploy.resources.reservations": "cpus memory generic_resources devices",
        "services.*.deploy.restart_policy": "condition delay max_attempts window",
        "services.*.deploy.placement": "constraints preferences max_replicas_per_node",
        "networks.*": "\(resource) ipam internal attachable enable_ipv4 enable_ipv6",
        "networks.*.ipam": "driver config options",
        "networks.*.ipam.config.*": "subnet ip_range gateway aux_addresses",
        "volumes.*": resource,
        "configs.*": "name content environment file external labels template_driver",
        "models.*": "name model context_size runtime_flags",
        "services.*.build.x-bake": """
        tags cache-from cache-to secret ssh platforms output pull no-cache no-cache-filter contexts
        """,
    ]
}

/// Words that several messages share.
enum ComposeWords {
    /// Says that a key isn't known, and which one was probably meant.
    static func unknown(_ key: String, _ path: String, _ known: [String]) -> String {
        let hint = nearest(to: key, among: known).map { "; did you mean \($0)?" } ?? "; remove it, or begin it with x-"
        return "\(path.isEmpty ? "the file" : path) has no key \(key.quoted)\(hint)"
    }
}
