#include "cli/display_caps.h"

#include <charconv>

#include "base/text.h"

namespace batchmill::cli {

namespace {

class Variables {
 public:
  explicit Variables(const std::map<std::string, std::string>& all) : all_(all) {}
  std::string of(const char* name) const {
    const auto found = all_.find(name);
    return found == all_.end() ? "" : found->second;
  }
  // The variable that decides the character set.
  std::string locale() const {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
      if (const std::string value = of(name); !value.empty()) return to_lower(value);
    }
    return "";
  }

 private:
  const std::map<std::string, std::string>& all_;
};

bool wants_colour(const Variables& variables, bool is_terminal) {
  if (!variables.of("NO_COLOR").empty()) return false;
  const std::string forced = variables.of("CLICOLOR_FORCE");
  if (!forced.empty() && forced != "0") return true;
  const std::string term = variables.of("TERM");
  return is_terminal && variables.of("CLICOLOR") != "0" && !term.empty() && term != "dumb";
}

std::size_t number_or(const std::string& text, std::size_t missing) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && number > 0 ? number : missing;
}

ProgressMode mode_of(const Variables& variables, bool can_be_live) {
  const std::string wanted = to_lower(variables.of("BATCHMILL_PROGRESS"));
  if (wanted == "live") return ProgressMode::kLive;
  if (wanted == "plain") return ProgressMode::kPlain;
  if (wanted == "json") return ProgressMode::kJson;
  if (wanted == "none") return ProgressMode::kNone;
  return can_be_live ? ProgressMode::kLive : ProgressMode::kPlain;
}

}  // namespace

DisplayCaps display_caps(const std::map<std::string, std::string>& all, const Terminal& terminal,
                         bool only_show_errors) {
  const Variables variables(all);
  const std::string term = variables.of("TERM");
  DisplayCaps caps;
  const bool can_be_live = terminal.err_is_terminal() && !term.empty() && term != "dumb";
  caps.progress = only_show_errors ? ProgressMode::kNone : mode_of(variables, can_be_live);
  caps.colour_out = wants_colour(variables, terminal.out_is_terminal());
  caps.colour_err = wants_colour(variables, terminal.err_is_terminal());
  const std::string locale = variables.locale();
  caps.unicode = term != "linux" && (locale.find("utf-8") != std::string::npos ||
                                     locale.find("utf8") != std::string::npos);
  caps.width = terminal.columns() > 0 ? terminal.columns() : number_or(variables.of("COLUMNS"), 80);
  caps.height = terminal.rows() > 0 ? terminal.rows() : 24;
  return caps;
}

}  // namespace batchmill::cli
