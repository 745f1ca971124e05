#include "agent/stack_dump.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace batchmill::agent {

namespace {

using runlog::Frame;

struct ThreadStack {
  bool current = false;
  std::vector<Frame> frames;  // innermost first, as dumped
};

bool is_hidden(std::string_view file) {
  return file.find("/batchmill/worker/") != std::string_view::npos ||
         file.starts_with("<frozen ") || file.ends_with("/runpy.py") ||
         file.find("/importlib/") != std::string_view::npos;
}

// The top-level package or module that a library file belongs to.
std::string library_of(std::string_view file) {
  for (const std::string_view folder : {"/site-packages/", "/dist-packages/"}) {
    const std::size_t at = file.find(folder);
    if (at != std::string_view::npos) file = file.substr(at + folder.size());
  }
  if (file.starts_with('/')) {
    const std::size_t python = file.find("/python3");
    const std::size_t slash =
        python == std::string_view::npos ? file.rfind('/') : file.find('/', python + 1);
    if (slash != std::string_view::npos) file = file.substr(slash + 1);
  }
  file = file.substr(0, file.find('/'));
  return std::string(file.ends_with(".py") ? file.substr(0, file.size() - 3) : file);
}

//   File "/code/score.py", line 44 in fetch
std::optional<Frame> parse_frame(std::string_view line, std::string_view code_folder) {
  constexpr std::string_view kFile = "  File \"";
  constexpr std::string_view kLine = "\", line ";
  if (!line.starts_with(kFile)) return std::nullopt;
  const std::size_t file_end = line.rfind(kLine);
  if (file_end == std::string_view::npos || file_end < kFile.size()) return std::nullopt;
  const std::string_view file = line.substr(kFile.size(), file_end - kFile.size());
  const std::string_view rest = line.substr(file_end + kLine.size());
  Frame frame;
  const auto number = std::from_chars(rest.data(), rest.data() + rest.size(), frame.line);
  const std::string_view in = rest.substr(static_cast<std::size_t>(number.ptr - rest.data()));
  if (number.ec != std::errc{} || !in.starts_with(" in ")) return std::nullopt;
  frame.function = repair_utf8(in.substr(4));
  frame.user = file.starts_with(code_folder) && file.substr(code_folder.size()).starts_with('/');
  frame.file = repair_utf8(frame.user ? file.substr(code_folder.size() + 1) : file);
  if (!frame.user) frame.library = library_of(file);
  return frame;
}

std::vector<ThreadStack> parse_threads(std::string_view text, std::string_view code_folder) {
  std::vector<ThreadStack> threads;
  for (const std::string_view line : split(text, '\n')) {
    if (line.ends_with("(most recent call first):")) {
      threads.push_back({line.starts_with("Current thread"), {}});
    } else if (!threads.empty()) {
      auto frame = parse_frame(line, code_folder);
      if (frame && !is_hidden(frame->file)) threads.back().frames.push_back(std::move(*frame));
    }
  }
  return threads;
}

bool in_user_code(const ThreadStack& thread) {
  return std::any_of(thread.frames.begin(), thread.frames.end(),
                     [](const Frame& frame) { return frame.user; });
}

}  // namespace

std::vector<Frame> parse_stack_dump(std::string_view text, std::string_view code_folder) {
  while (code_folder.ends_with('/')) code_folder.remove_suffix(1);
  const std::vector<ThreadStack> threads = parse_threads(text, code_folder);
  const ThreadStack* chosen = nullptr;
  const auto rank = [](const ThreadStack& thread) {
    return (in_user_code(thread) ? 2 : 0) + (thread.current ? 1 : 0);
  };
  for (const ThreadStack& thread : threads) {
    if (chosen == nullptr || rank(thread) > rank(*chosen)) chosen = &thread;
  }
  if (chosen == nullptr) return {};
  return {chosen->frames.rbegin(), chosen->frames.rend()};
}

std::optional<runlog::CodePlace> innermost_user_place(const std::vector<Frame>& frames) {
  const auto found =
      std::find_if(frames.rbegin(), frames.rend(), [](const Frame& frame) { return frame.user; });
  if (found == frames.rend()) return std::nullopt;
  return runlog::CodePlace{found->file, found->line, found->function};
}

std::string last_lines(std::string_view text, std::size_t count) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  std::size_t begin = text.size();
  for (; count > 0 && begin != 0; --count) {
    const std::size_t newline = text.rfind('\n', begin - 1);
    if (newline == std::string_view::npos) return std::string(text);
    begin = newline;
  }
  return std::string(text.substr(std::min(text.size(), begin + 1)));
}

}  // namespace batchmill::agent
