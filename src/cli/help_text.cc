#include "cli/help_text.h"

#include <algorithm>

#include "base/text.h"
#include "cli/command_table.h"

namespace batchmill::cli {

namespace {

// `text` in lines that begin at column `indent`, the first one where the caller stands.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  for (const std::string_view word : split(text, ' ')) {
    if (column > indent && column + 1 + word.size() > width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out + "\n";
}

std::string two_columns(const std::vector<std::pair<std::string, std::string>>& lines,
                        std::size_t width) {
  std::size_t left = 0;
  for (const auto& [name, text] : lines) left = std::max(left, name.size());
  left = std::min<std::size_t>(left, 34);
  std::string out;
  for (const auto& [name, text] : lines) {
    out += "  " + name;
    if (name.size() > left) {
      out += "\n" + std::string(left + 4, ' ');
    } else {
      out += std::string(left + 2 - name.size(), ' ');
    }
    out += wrapped(text, left + 4, width);
  }
  return out;
}

std::string shown(const Flag& flag) {
  std::string out = flag.letter == 0 ? "    " : std::string("-") + flag.letter + ", ";
  out += "--" + std::string(flag.name);
  if (flag.kind == FlagKind::kMaybe) return out + " [" + std::string(flag.placeholder) + "]";
  if (!flag.placeholder.empty()) out += " " + std::string(flag.placeholder);
  if (flag.kind == FlagKind::kTexts) out += " ...";
  return out;
}

std::vector<std::pair<std::string, std::string>> flag_lines(const std::vector<Flag>& flags) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const Flag& flag : flags) {
    if (flag.ignored) continue;
    lines.emplace_back(shown(flag), std::string(flag.help) + (flag.required ? " (required)" : ""));
  }
  return lines;
}

std::string ignored_flags() {
  std::vector<std::string> names;
  for (const Flag& flag : global_flags()) {
    if (!flag.ignored) continue;
    names.push_back((flag.letter ? std::string("-") + flag.letter + "/" : "") + "--" +
                    std::string(flag.name));
  }
  return "Accepted without effect: " + join(names, ", ");
}

std::string command_help(const Command& command, std::size_t width) {
  std::string usage = "  batchmill " + words_of(command);
  if (!command.operand.empty()) usage += " " + std::string(command.operand);
  for (const Flag& flag : command.flags) {
    std::string text = "--" + std::string(flag.name);
    if (!flag.placeholder.empty()) text += " " + std::string(flag.placeholder);
    if (flag.required) usage += " " + text;
  }
  if (!command.flags.empty()) usage += " [flags]";
  std::string out = wrapped(command.summary, 0, width) + "\nUsage\n" + usage + "\n";
  if (!command.flags.empty()) out += "\nFlags\n" + two_columns(flag_lines(command.flags), width);
  out += "\nFlags of every command\n" + two_columns(flag_lines(global_flags()), width);
  out += "\n" + wrapped(ignored_flags(), 0, width);
  if (!command.examples.empty()) out += "\nExamples\n";
  for (const std::string_view example : command.examples) out += "  " + std::string(example) + "\n";
  return out;
}

}  // namespace

std::string help_text(const std::vector<std::string>& words, std::size_t width) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const Command& command : commands()) {
    if (command.words.size() < words.size() ||
        !std::equal(words.begin(), words.end(), command.words.begin())) {
      continue;
    }
    if (command.words.size() == words.size()) return command_help(command, width);
    std::string name = words_of(command);
    if (!command.operand.empty()) name += " " + std::string(command.operand);
    lines.emplace_back(std::move(name), std::string(command.summary));
  }
  std::string out =
      words.empty() ? "Batchmill runs pipelines and their parallel steps on your own machines.\n"
                    : "Commands of 'batchmill " + join(words, " ") + "'\n";
  out += "\nCommands\n" + two_columns(lines, width);
  out += "\nFlags of every command\n" + two_columns(flag_lines(global_flags()), width);
  if (words.empty()) out += "      --version  print the version\n";
  return out +
         "\nSee batchmill COMMAND --help. Exit codes: 0 success, 1 failure, 2 usage, 3 not "
         "found.\n";
}

}  // namespace batchmill::cli
