#include "runlog/stack_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace batchmill::runlog {

namespace {

constexpr std::size_t kSourceColumn = 30;

// Where Python was installed says nothing: "pandas/core/frame.py".
std::string_view short_path(const Frame& frame) {
  const std::string_view path = frame.file;
  if (frame.user) return path;
  for (const std::string_view folder : {"/site-packages/", "/dist-packages/"}) {
    const auto at = path.rfind(folder);
    if (at != std::string_view::npos) return path.substr(at + folder.size());
  }
  const auto python = path.find("/lib/python");
  if (python == std::string_view::npos) return path;
  const auto slash = path.find('/', python + 11);
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string frame_line(const Frame& frame) {
  std::string line = fmt::format("{}:{} in {}", printable(short_path(frame)), frame.line,
                                 printable(frame.function));
  if (frame.text.empty()) return line;
  const std::size_t width = display_width(line);
  line.append(width + 2 > kSourceColumn ? 2 : kSourceColumn - width, ' ');
  return line + printable(frame.text);
}

void add_frame(std::vector<std::string>& lines, const Frame& frame) {
  if (frame.omitted != 0) lines.push_back(fmt::format("... {} frames", frame.omitted));
  lines.push_back(frame_line(frame));
  if (frame.repeated == 0) return;
  lines.push_back(frame.period == 1 ? fmt::format("... repeated {} times", frame.repeated)
                                    : fmt::format("... these {} repeated {} times", frame.period,
                                                  frame.repeated));
}

std::string library_of(const Frame& frame) {
  if (!frame.library.empty()) return printable(frame.library);
  const std::string_view path = short_path(frame);
  return printable(path.substr(0, path.find('/')));
}

}  // namespace

std::vector<std::string> stack_lines(const std::vector<Frame>& frames) {
  std::vector<std::string> lines;
  const bool any_user = std::ranges::any_of(frames, &Frame::user);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (any_user && !frames[i].user) {
      const std::size_t first = i;
      while (i + 1 < frames.size() && !frames[i + 1].user) ++i;
      const std::size_t hidden = i - first;
      if (hidden == 1) add_frame(lines, frames[first]);
      if (hidden > 1) {
        lines.push_back(fmt::format("... {} frames in {}", hidden, library_of(frames[first])));
      }
    }
    add_frame(lines, frames[i]);
  }
  return lines;
}

}  // namespace batchmill::runlog
