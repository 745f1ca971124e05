#include "environment/interpreter_probe.h"

#include <nlohmann/json.hpp>

namespace batchmill::environment {

namespace {

using nlohmann::json;

// pandas is looked for, not imported: importing it takes half a second.
constexpr const char* kProbe = R"(
import importlib.util, json, sys
print(json.dumps({
    "python": sys.executable,
    "version": "%d.%d.%d" % tuple(sys.version_info[:3]),
    "pandas": importlib.util.find_spec("pandas") is not None}))
)";

json read_cache(const Files& files, const std::string& path) {
  const auto text = files.read(path);
  if (!text) return json::object();
  json cache = json::parse(*text, nullptr, false);
  return cache.is_object() ? cache : json::object();
}

Result<Interpreter> from_json(const json& entry, const std::string& python) {
  if (!entry.is_object() || !entry.contains("python") || !entry["python"].is_string() ||
      !entry.contains("version") || !entry["version"].is_string() || !entry.contains("pandas") ||
      !entry["pandas"].is_boolean()) {
    return fail(ErrorKind::kProtocol, python + " did not answer like a Python interpreter");
  }
  Interpreter interpreter;
  interpreter.python = entry["python"];
  interpreter.version = entry["version"];
  interpreter.has_pandas = entry["pandas"];
  if (interpreter.python.empty()) interpreter.python = python;
  return interpreter;
}

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of("\r\n");
  if (end == std::string::npos) return "";
  const std::size_t begin = text.find_last_of('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1, end - begin);
}

}  // namespace

Result<Interpreter> InterpreterProbe::ask_fresh(const std::string& python) {
  CommandRequest request;
  request.argv = {python, "-c", kProbe};
  request.timeout = std::chrono::seconds(30);
  BM_ASSIGN(const CommandOutput output, runner_.run(request));
  if (output.timed_out) return fail(ErrorKind::kInvalid, python + " did not answer within 30 s");
  if (output.exit_code != 0) {
    return fail(ErrorKind::kInvalid, python + " does not work: " + last_line(output.err));
  }
  // A start-up file may print first; the answer is the last line.
  return from_json(json::parse(last_line(output.out), nullptr, false), python);
}

Result<Interpreter> InterpreterProbe::ask(const std::string& python) {
  BM_ASSIGN(const FileStatus status, files_.status(python));
  json cache = read_cache(files_, cache_file_);
  const auto known = cache.find(python);
  if (known != cache.end() && known->is_object() &&
      known->value("modified", std::int64_t{-1}) == status.modified.micros) {
    if (auto interpreter = from_json(*known, python)) return interpreter;
  }
  BM_ASSIGN(Interpreter interpreter, ask_fresh(python));
  cache[python] = {{"modified", status.modified.micros},
                   {"python", interpreter.python},
                   {"version", interpreter.version},
                   {"pandas", interpreter.has_pandas}};
  // Without a cache the next question is slower, nothing else.
  static_cast<void>(files_.write_atomically(cache_file_, cache.dump(2) + "\n"));
  return interpreter;
}

}  // namespace batchmill::environment
