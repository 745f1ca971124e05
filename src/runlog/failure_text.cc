#include "runlog/failure_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "runlog/stack_text.h"

namespace batchmill::runlog {

namespace {

constexpr std::size_t kMessageLimit = 300;  // code points on a screen
constexpr std::size_t kDetailLines = 12;

std::string plural(std::uint64_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string mini_batches(std::uint64_t count) {
  return plural(count, "mini-batch", "mini-batches");
}
std::string tries(std::uint64_t count) { return plural(count, "try", "tries"); }

const char* outcome_of_retries(std::uint64_t open) {
  return open == 0 ? ", succeeded later" : ", not tried to the end";
}

std::string clip(std::string_view text) {
  std::size_t at = 0;
  for (std::size_t points = 0; at < text.size(); ++at) {
    const bool begins_character = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins_character && points++ == kMessageLimit) break;
  }
  return at == text.size() ? std::string(text) : std::string(text.substr(0, at)) + "...";
}

std::vector<std::string> printable_lines(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(text, '\n')) {
    lines.push_back(printable(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::string one_line(std::string_view message) {
  const auto lines = printable_lines(clip(message));
  if (lines.empty()) return "";
  return lines.size() == 1 ? lines.front() : lines.front() + " ...";
}

std::string typed(const RaisedException& raised, const std::string& message) {
  if (raised.type.empty()) return message;
  return message.empty() ? raised.type : raised.type + ": " + message;
}

std::string with_place(const ErrorRecord& record, const std::string& text) {
  return record.raised.place ? place_text(*record.raised.place) + ": " + text : text;
}

std::string with_file_and_line(const ErrorRecord& record, const std::string& text) {
  const auto& place = record.raised.place;
  return place ? fmt::format("{}:{}: {}", printable(place->file), place->line, text) : text;
}

std::string with_item(const ErrorRecord& record, const std::string& text) {
  return record.item.empty() ? text : printable(record.item) + ": " + text;
}

void add_message(std::vector<std::string>& lines, const RaisedException& raised) {
  const auto message = printable_lines(clip(raised.message));
  lines.push_back(typed(raised, message.empty() ? "" : message.front()));
  for (std::size_t i = 1; i < message.size(); ++i) lines.push_back("  " + message[i]);
}

std::string linked(const RaisedException& raised, const std::string& link) {
  std::string line = fmt::format("{} {}", link, typed(raised, one_line(raised.message)));
  if (raised.place) line += fmt::format(" ({})", place_text(*raised.place));
  return line;
}

// Of a long chain the first and the last two.
void add_chain(std::vector<std::string>& lines, const std::vector<RaisedException>& chain) {
  const std::size_t left_out = chain.size() > 3 ? chain.size() - 3 : 0;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if (left_out != 0 && i == 1) {
      lines.push_back(fmt::format("... {} more", left_out));
      i += left_out;
    }
    lines.push_back(linked(chain[i], chain[i].link));
  }
}

void add_leaves(std::vector<std::string>& lines, const ErrorRecord& record) {
  for (std::size_t i = 0; i < record.leaves.size(); ++i) {
    lines.push_back(linked(record.leaves[i], fmt::format("{} of {}:", i + 1, record.leaf_count)));
  }
}

// For one screen: the end of a long text says more than its beginning.
void add_detail(std::vector<std::string>& lines, const std::string& detail) {
  const auto all = printable_lines(detail);
  std::size_t begin = 0;
  if (all.size() > kDetailLines) {
    begin = all.size() - kDetailLines + 1;
    lines.push_back(fmt::format("... {} lines", begin));
  }
  for (std::size_t i = begin; i < all.size(); ++i) lines.push_back(clip(all[i]));
}

std::string help_for(int code) {
  switch (code) {
    case 906:
      return "one result per item; 'error_threshold: -1' ends this check";
    case 911:
      return "lower max_concurrency_per_instance";
    case 915:
    case 916:
      return "keep inputs unchanged while a job runs";
    case 923:
      return "free space, then job resume";
    default:
      return "";
  }
}

}  // namespace

std::string place_text(const CodePlace& place) {
  std::string text = fmt::format("{}:{}", printable(place.file), place.line);
  if (!place.function.empty()) text += " in " + printable(place.function);
  return text;
}

std::string failure_line(const ErrorRecord& record) {
  std::string message = one_line(record.raised.message);
  switch (record.code) {
    case 903:
    case 926:
      return with_file_and_line(record, typed(record.raised, message));
    case 904:
    case 905:
    case 906:
    case 907:
    case 911:
      return message;
    case 908:
    case 910:
    case 912:
      return with_place(record, message);
    case 909:
    case 913:
    case 914:
      return with_item(record, message);
    case 915:
      return (record.item.empty() ? "an input file" : printable(record.item)) +
             " vanished after it was listed";
    default:
      return with_place(record, typed(record.raised, message));
  }
}

std::string new_failure_line(const ErrorRecord& record, std::uint64_t mini_batch,
                             std::uint32_t attempt, std::uint32_t attempts) {
  return fmt::format("{} (mini-batch {}, try {} of {})", failure_line(record), mini_batch, attempt,
                     attempts);
}

std::vector<std::string> failure_details(const ErrorRecord& record) {
  const RaisedException& raised = record.raised;
  std::vector<std::string> lines = stack_lines(raised.frames);
  if (lines.empty() && raised.place) lines.push_back(place_text(*raised.place));
  if (record.code == 914 || record.code == 913 || record.code == 909) {
    lines.push_back(failure_line(record));
  } else {
    add_message(lines, raised);
    if (record.code == 915) lines.push_back(failure_line(record));
  }
  add_leaves(lines, record);
  add_chain(lines, record.chain);
  for (const std::string& note : record.notes) {
    for (std::string& line : printable_lines(clip(note))) lines.push_back(std::move(line));
  }
  add_detail(lines, record.detail);
  if (const std::string help = help_for(record.code); !help.empty()) {
    lines.push_back("help: " + help);
  }
  return lines;
}

std::string group_headline(const FailureGroup& group) {
  std::string line;
  if (group.mini_batches != 0) line = mini_batches(group.mini_batches) + ", ";
  line += tries(group.tries);
  if (group.messages >= FailureGroup::kMessagesTold) {
    line += fmt::format(", {} or more different messages", FailureGroup::kMessagesTold);
  } else if (group.messages > 1) {
    line += fmt::format(", {} different messages", group.messages);
  }
  if (group.mini_batches == 0) line += outcome_of_retries(group.open);
  line += fmt::format("; first: mini-batch {}", group.first_mini_batch);
  if (!group.sample.item.empty()) return line + ", " + printable(group.sample.item);
  return line + fmt::format(" on node {}, {}", group.first_worker.node.value,
                            process_name(group.first_worker.process));
}

std::string rest_line(const FailureRest& rest) {
  if (rest.kinds == 0) return "";
  std::string line = fmt::format("and {}: ", plural(rest.kinds, "more kind", "more kinds"));
  if (rest.mini_batches != 0)
    return line + mini_batches(rest.mini_batches) + ", " + tries(rest.tries);
  return line + tries(rest.tries) + outcome_of_retries(rest.open);
}

std::string group_name(const FailureGroup& group) {
  if (group.types.empty() || !group.place) return failure_line(group.sample);
  return place_text(*group.place) + ": " + group.types.front();
}

}  // namespace batchmill::runlog
