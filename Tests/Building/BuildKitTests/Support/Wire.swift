import Testing

/// Tests over sockets run one after another: they wait for each other's threads otherwise, and measure that.
@Suite(.serialized) enum Wire {}
