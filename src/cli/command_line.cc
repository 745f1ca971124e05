#include "cli/command_line.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace batchmill::cli {

namespace {

bool is_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool looks_like_flag(std::string_view text) {
  return text.size() > 1 && text[0] == '-' && !is_number(text.substr(1));
}

std::string written(const Flag& flag) { return "--" + std::string(flag.name); }

// The nearest names, else those that were begun.
std::string advice(std::string_view found, const std::vector<std::string>& allowed,
                   std::string_view before = "") {
  std::vector<std::string> near = nearest(found, allowed);
  for (const std::string& name : allowed) {
    if (near.size() < 3 && name.starts_with(found) && found.size() > 3) near.push_back(name);
  }
  std::string out;
  for (const std::string& name : near) {
    out += (out.empty() ? "write '" : " or '") + std::string(before) + name + "'";
  }
  return out;
}

// Commands that begin with these words.
std::vector<const Command*> commands_below(const std::vector<std::string>& words) {
  std::vector<const Command*> found;
  for (const Command& command : commands()) {
    if (command.words.size() < words.size()) continue;
    if (std::equal(words.begin(), words.end(), command.words.begin())) found.push_back(&command);
  }
  return found;
}

class Parser {
 public:
  explicit Parser(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  CommandLine run() {
    if (!arguments_.empty() && arguments_[0] == "ml") ++at_;
    if (auto problem = read_all()) return *problem;
    if (version_) return VersionWanted{};
    if (help_) return HelpWanted{words_, true};
    if (command_ == nullptr) return HelpWanted{words_, words_.empty()};
    return finished();
  }

 private:
  using Problem = std::optional<UsageProblem>;

  Problem read_all() {
    while (at_ < arguments_.size()) {
      const std::string& argument = arguments_[at_++];
      Problem problem;
      if (only_values_ || !looks_like_flag(argument)) {
        problem = word(argument);
      } else if (argument == "--") {
        only_values_ = true;
      } else if (argument == "--version" && command_ == nullptr) {
        version_ = true;
      } else if (argument.starts_with("--")) {
        problem = long_flag(argument.substr(2));
      } else {
        problem = short_flags(argument.substr(1));
      }
      // --help is answered even on a line that is otherwise wrong.
      if (problem && !help_ahead()) return problem;
      if (problem) return std::nullopt;
    }
    return std::nullopt;
  }

  bool help_ahead() {
    const auto begin = arguments_.begin() + static_cast<std::ptrdiff_t>(at_);
    help_ = help_ || std::any_of(begin, arguments_.end(), [](const std::string& argument) {
              return argument == "--help" || argument == "-h";
            });
    return help_;
  }

  // A word that is not a flag: part of the command's name, or its operand.
  Problem word(const std::string& text) {
    if (command_ != nullptr) {
      if (command_->operand.empty() || !operand_.empty()) {
        return UsageProblem{
            "unexpected '" + text + "' after 'batchmill " + words_of(*command_) + "'",
            command_->operand.empty() && find("name") != nullptr ? "write '--name " + text + "'"
                                                                 : ""};
      }
      operand_ = text;
      return std::nullopt;
    }
    std::vector<std::string> longer = words_;
    longer.push_back(text);
    const auto found = commands_below(longer);
    if (found.empty()) return unknown_word(text);
    words_ = longer;
    if (found.size() == 1 && found[0]->words.size() == words_.size()) command_ = found[0];
    return std::nullopt;
  }

  UsageProblem unknown_word(const std::string& text) const {
    std::vector<std::string> allowed;
    for (const Command* command : commands_below(words_)) {
      const std::string word(command->words[words_.size()]);
      if (std::find(allowed.begin(), allowed.end(), word) == allowed.end()) allowed.push_back(word);
    }
    const std::string before = words_.empty() ? "" : join(words_, " ") + " ";
    std::string help = advice(text, allowed, "batchmill " + before);
    if (help.empty()) help = "one of: " + join(allowed, ", ");
    return {"unknown command 'batchmill " + before + text + "'", help};
  }

  const Flag* find(std::string_view name) const {
    const auto named = [&](const Flag& flag) { return flag.name == name; };
    return find_if(named);
  }
  const Flag* find_letter(char letter) const {
    return find_if([&](const Flag& flag) { return flag.letter == letter; });
  }
  template <typename Condition>
  const Flag* find_if(Condition condition) const {
    for (const auto* table : {command_ ? &command_->flags : nullptr, &global_flags()}) {
      if (table == nullptr) continue;
      const auto found = std::find_if(table->begin(), table->end(), condition);
      if (found != table->end()) return &*found;
    }
    return nullptr;
  }

  Problem long_flag(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const Flag* flag = find(name);
    if (flag == nullptr) return unknown_flag("--" + name);
    if (equals == std::string::npos) return value_of(*flag, std::nullopt);
    return value_of(*flag, text.substr(equals + 1));
  }

  Problem short_flags(const std::string& letters) {
    for (std::size_t i = 0; i < letters.size(); ++i) {
      const Flag* flag = find_letter(letters[i]);
      if (flag == nullptr) return unknown_flag(std::string("-") + letters[i]);
      if (flag->kind == FlagKind::kSwitch || flag->kind == FlagKind::kMaybe) {
        if (auto problem = value_of(*flag, std::nullopt)) return problem;
        continue;
      }
      std::string rest = letters.substr(i + 1);
      if (rest.starts_with('=')) rest.erase(0, 1);
      return value_of(*flag, rest.empty() ? std::nullopt : std::optional(rest));
    }
    return std::nullopt;
  }

  UsageProblem unknown_flag(const std::string& text) const {
    std::vector<std::string> allowed;
    if (command_ != nullptr) {
      for (const Flag& flag : command_->flags) allowed.push_back(written(flag));
    }
    for (const Flag& flag : global_flags()) {
      if (!flag.ignored) allowed.push_back(written(flag));
    }
    const std::string of =
        command_ ? " of 'batchmill " + words_of(*command_) + "'" : std::string(" before a command");
    std::string help = text.starts_with("--") ? advice(text, allowed) : "";
    if (help.empty() && command_) help = "see batchmill " + words_of(*command_) + " --help";
    return {"unknown flag '" + text + "'" + of, help};
  }

  Problem value_of(const Flag& flag, std::optional<std::string> value) {
    if (flag.name == "help") {
      help_ = true;
      return std::nullopt;
    }
    const auto next = [&]() -> std::optional<std::string> {
      if (at_ >= arguments_.size() || looks_like_flag(arguments_[at_])) return std::nullopt;
      return arguments_[at_++];
    };
    if (flag.kind == FlagKind::kSwitch) {
      if (value) return UsageProblem{written(flag) + " takes no value", ""};
      value = "true";
    } else if (flag.kind == FlagKind::kMaybe && !value) {
      const bool follows = at_ < arguments_.size() && (to_lower(arguments_[at_]) == "true" ||
                                                       to_lower(arguments_[at_]) == "false");
      value = follows ? arguments_[at_++] : "true";
    } else if (!value) {
      value = next();
    }
    if (!value) {
      return UsageProblem{written(flag) + " needs a value",
                          "write '" + written(flag) + " " + std::string(flag.placeholder) + "'"};
    }
    if (auto problem = check(flag, *value)) return problem;
    add(flag, *value);
    if (flag.kind != FlagKind::kTexts) return std::nullopt;
    while (const auto more = next()) {
      if (auto problem = check(flag, *more)) return problem;
      add(flag, *more);
    }
    return std::nullopt;
  }

  void add(const Flag& flag, std::string value) {
    const bool fold = flag.kind == FlagKind::kChoice || flag.kind == FlagKind::kMaybe;
    given_.emplace_back(flag.name, fold ? to_lower(value) : std::move(value));
  }

  static Problem check(const Flag& flag, const std::string& value) {
    if (flag.kind == FlagKind::kNumber && !is_number(value)) {
      return UsageProblem{"'" + value + "' is not a value of " + written(flag),
                          "write a number, 0 or more"};
    }
    if (flag.kind == FlagKind::kTexts && value.find('=') == std::string::npos) {
      return UsageProblem{written(flag) + " '" + value + "' has no '='",
                          "write '" + written(flag) + " " + value + "=VALUE'"};
    }
    std::vector<std::string> choices(flag.choices.begin(), flag.choices.end());
    if (flag.kind == FlagKind::kMaybe) choices = {"true", "false"};
    if (choices.empty() ||
        std::find(choices.begin(), choices.end(), to_lower(value)) != choices.end()) {
      return std::nullopt;
    }
    std::string help = advice(value, choices, written(flag) + " ");
    if (help.empty()) help = "one of: " + join(choices, ", ");
    return UsageProblem{"'" + value + "' is not a value of " + written(flag), help};
  }

  CommandLine finished() {
    Invocation invocation(command_);
    for (auto& [flag, value] : given_) invocation.add(flag, std::move(value));
    std::vector<std::string> missing;
    for (const Flag& flag : command_->flags) {
      if (!flag.required || invocation.has(flag.name)) continue;
      std::string text = written(flag);
      if (flag.letter != 0) text += std::string("/-") + flag.letter;
      missing.push_back(text);
    }
    if (!command_->operand.empty() && operand_.empty()) {
      missing.emplace_back(command_->operand);
    }
    if (!missing.empty()) {
      return UsageProblem{"'batchmill " + words_of(*command_) + "' needs " + join(missing, " and "),
                          "see batchmill " + words_of(*command_) + " --help"};
    }
    invocation.set_operand(operand_);
    return invocation;
  }

  const std::vector<std::string>& arguments_;
  std::size_t at_ = 0;
  std::vector<std::string> words_;
  const Command* command_ = nullptr;
  std::vector<std::pair<std::string, std::string>> given_;
  std::string operand_;
  bool help_ = false, version_ = false, only_values_ = false;
};

}  // namespace

std::string Invocation::text(std::string_view flag, std::string_view missing) const {
  const auto found = values_.find(std::string(flag));
  return found == values_.end() ? std::string(missing) : found->second.back();
}

std::vector<std::string> Invocation::texts(std::string_view flag) const {
  const auto found = values_.find(std::string(flag));
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

bool Invocation::is_on(std::string_view flag) const { return text(flag) == "true"; }

std::size_t Invocation::number(std::string_view flag, std::size_t missing) const {
  const std::string value = text(flag);
  std::size_t number = missing;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

void Invocation::add(std::string_view flag, std::string value) {
  values_[std::string(flag)].push_back(std::move(value));
}

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  return Parser(arguments).run();
}

}  // namespace batchmill::cli
