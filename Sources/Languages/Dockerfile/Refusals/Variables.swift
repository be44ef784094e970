/// What is known about the variables at a place in a file.
struct Variables {
    private var values: [String: VariableValue] = [:]
    /// Whether a name that isn't here may be set all the same: by a base image.
    var isOpen = false

    subscript(name: String) -> VariableValue {
        get { values[name] ?? (isOpen ? .unknown : .unset) }
        set { values[name] = newValue }
    }

    /// Whether there is something about a name.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// What FROM can use without ARG, for a usual machine; what depends on the machine more isn't known.
    static let global: Variables = {
        var variables = Variables()
        for prefix in ["BUILD", "TARGET"] {
            variables[prefix + "PLATFORM"] = .set("linux/amd64")
            variables[prefix + "OS"] = .set("linux")
            variables[prefix + "ARCH"] = .set("amd64")
            variables[prefix + "VARIANT"] = .unknown
            variables[prefix + "OSVERSION"] = .unknown
        }
        variables["TARGETSTAGE"] = .unknown
        return variables
    }()
}
