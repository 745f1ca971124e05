#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/command_table.h"

namespace batchmill::cli {

// A command with its flags, checked: required flags are there, numbers are numbers, choices are
// choices (in lower case).
class Invocation {
 public:
  explicit Invocation(const Command* command) : command_(command) {}
  const Command& command() const { return *command_; }
  bool has(std::string_view flag) const { return values_.contains(std::string(flag)); }
  // The last value given, or `missing`.
  std::string text(std::string_view flag, std::string_view missing = "") const;
  std::vector<std::string> texts(std::string_view flag) const;
  // A switch that may have been given as true or false.
  bool is_on(std::string_view flag) const;
  std::size_t number(std::string_view flag, std::size_t missing) const;
  const std::string& operand() const { return operand_; }

  void add(std::string_view flag, std::string value);
  void set_operand(std::string value) { operand_ = std::move(value); }
  std::map<std::string, std::vector<std::string>>& values() { return values_; }

 private:
  const Command* command_;
  std::map<std::string, std::vector<std::string>> values_;
  std::string operand_;
};

// --help, or words that name a group of commands ("job") or nothing at all.
struct HelpWanted {
  std::vector<std::string> words;
  bool asked = true;  // false: a command is missing, which is a usage error
};
struct VersionWanted {};
struct UsageProblem {
  std::string message;  // "unknown flag '--strem' of 'batchmill job create'"
  std::string help;     // "write '--stream'", may be empty
};

using CommandLine = std::variant<Invocation, HelpWanted, VersionWanted, UsageProblem>;

// `arguments`: without the program's name. A leading "ml" is passed over. Flags come in any order,
// as `--flag value`, `--flag=value`, `-f value`, `-fvalue`; long ones are not abbreviated. Pure.
CommandLine parse_command_line(const std::vector<std::string>& arguments);

}  // namespace batchmill::cli
