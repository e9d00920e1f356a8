// TensorFlow's libraries write notes to stderr from their initializers, before any program can ask them to be quiet.
// This addon is linked to the library with the logger, is loaded before the others and, by the linker's option
// `-z initfirst`, is initialized before that library: from then on only warnings and errors are written.
#include <absl/log/globals.h>
#include <node_api.h>

__attribute__((constructor)) static void quiet() {
  absl::SetMinLogLevel(absl::LogSeverityAtLeast::kWarning);
}

NAPI_MODULE_INIT() { return exports; }
