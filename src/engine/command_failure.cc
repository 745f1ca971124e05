#include "engine/command_failure.h"

#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace batchmill::engine {

namespace {

using nlohmann::json;

constexpr std::string_view kTraceback = "Traceback (most recent call last):";
constexpr std::size_t kDetailLines = 5;

struct Frame {
  std::string file;
  int line = 0;
  std::string function;
  std::string text;
  bool user = false;
};

struct Traceback {
  std::vector<Frame> frames;
  std::string type;
  std::string message;
};

// `  File "/wd/train.py", line 12, in main`
std::optional<Frame> parse_frame(std::string_view line, const std::string& code_folder) {
  constexpr std::string_view kStart = "  File \"";
  if (!line.starts_with(kStart)) return std::nullopt;
  line.remove_prefix(kStart.size());
  const std::size_t quote = line.find("\", line ");
  if (quote == std::string_view::npos) return std::nullopt;
  Frame frame;
  frame.file = std::string(line.substr(0, quote));
  line.remove_prefix(quote + std::strlen("\", line "));
  for (const char c : line) {
    if (c < '0' || c > '9') break;
    frame.line = frame.line * 10 + (c - '0');
  }
  const std::size_t function = line.find(", in ");
  if (function != std::string_view::npos) frame.function = std::string(line.substr(function + 5));
  if (frame.file.starts_with(code_folder + "/")) {
    frame.file.erase(0, code_folder.size() + 1);
    frame.user = true;
  }
  return frame;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (text.empty()) return {};
  return split(text, '\n');
}

std::optional<Traceback> last_traceback(std::string_view log, const std::string& code_folder) {
  const std::size_t start = log.rfind(kTraceback);
  if (start == std::string_view::npos) return std::nullopt;
  Traceback traceback;
  const auto lines = lines_of(log.substr(start));
  std::size_t i = 1;
  for (; i < lines.size(); ++i) {
    if (auto frame = parse_frame(lines[i], code_folder)) {
      traceback.frames.push_back(std::move(*frame));
    } else if (lines[i].starts_with("    ")) {
      if (!traceback.frames.empty() && traceback.frames.back().text.empty()) {
        traceback.frames.back().text = std::string(trim(lines[i]));
      }
    } else if (!lines[i].starts_with("  ")) {
      break;
    }
  }
  if (i == lines.size()) return std::nullopt;
  const std::size_t colon = lines[i].find(": ");
  traceback.type = std::string(lines[i].substr(0, colon));
  if (colon != std::string_view::npos) traceback.message = std::string(lines[i].substr(colon + 2));
  return traceback;
}

std::string ending_text(const CommandEnd& end) {
  if (!end.start_error.empty()) return end.start_error;
  if (end.timed_out) return fmt::format("still running after {} s (limits.timeout)", end.timeout_s);
  if (end.signal != 0) {
    return fmt::format("the process crashed (SIG{})", sigabbrev_np(end.signal));
  }
  return fmt::format("the command ended with exit code {}", end.exit_code);
}

int ending_code(const CommandEnd& end) {
  if (end.timed_out) return 908;
  return end.signal != 0 ? 910 : 912;
}

json frame_json(const Frame& frame) {
  return {{"file", frame.file},
          {"line", frame.line},
          {"function", frame.function},
          {"text", frame.text},
          {"user", frame.user}};
}

void describe_traceback(json& record, const Traceback& traceback) {
  record["code"] = traceback.type == "ModuleNotFoundError" ? 926 : 901;
  record["type"] = traceback.type;
  record["message"] = repair_utf8(traceback.message);
  for (const Frame& frame : traceback.frames) {
    record["frames"].push_back(frame_json(frame));
    if (frame.user) {
      record["place"] = {{"file", frame.file}, {"line", frame.line}, {"function", frame.function}};
    }
  }
}

std::string last_lines(std::string_view log) {
  const auto lines = lines_of(log);
  const std::size_t first = lines.size() > kDetailLines ? lines.size() - kDetailLines : 0;
  std::string text;
  for (std::size_t i = first; i < lines.size(); ++i) {
    if (!text.empty()) text += '\n';
    text += repair_utf8(lines[i]);
  }
  return text;
}

}  // namespace

std::string command_error_record(const CommandEnd& end, const std::string& log_tail,
                                 const std::string& code_folder) {
  json record = {{"code", ending_code(end)},
                 {"type", ""},
                 {"message", ending_text(end)},
                 {"place", nullptr},
                 {"frames", json::array()},
                 {"chain", json::array()},
                 {"notes", json::array()},
                 {"item", ""},
                 {"detail", ""}};
  const auto traceback = last_traceback(log_tail, code_folder);
  if (traceback && !end.timed_out && end.start_error.empty()) {
    describe_traceback(record, *traceback);
    record["detail"] = ending_text(end);
  } else {
    record["detail"] = last_lines(log_tail);
  }
  return record.dump();
}

}  // namespace batchmill::engine
