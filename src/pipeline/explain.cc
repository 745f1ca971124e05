#include "pipeline/explain.h"

#include <fmt/format.h>

#include "base/text.h"
#include "model/catalogue.h"

namespace batchmill::pipeline {
namespace {

std::string_view name_of(Level level) {
  switch (level) {
    case Level::kError:
      return "error";
    case Level::kWarning:
      return "warning";
    case Level::kNotice:
      return "notice";
  }
  return "error";
}

std::string indented(std::string_view text) {
  std::string result;
  for (const std::string_view line : split(text, '\n')) result += fmt::format("    {}\n", line);
  return result;
}

std::string example(std::string_view title, std::string_view text) {
  if (text.empty()) return "";
  return fmt::format("\n{}:\n\n{}", title, indented(text));
}

std::string allowed_in(const AllowedNames& names, std::size_t width) {
  return fmt::format("\nAllowed in {} ({}):\n\n{}", names.kind, names.names.size(),
                     wrap(join(names.names, ", "), width, "    "));
}

std::string fenced(std::string_view text) { return fmt::format("```\n{}\n```\n", text); }

std::string markdown_of(const CatalogueEntry& entry, const std::vector<AllowedNames>& names) {
  std::string text = fmt::format("### {}: {}\n\n", code_name(entry.code), entry.condition);
  text += fmt::format("`{}: {}`\n\n", name_of(entry.level), readable_template(entry.message));
  text += fmt::format("{}\n", entry.meaning);
  if (!entry.help.empty()) text += fmt::format("\nHelp: `{}`\n", readable_template(entry.help));
  if (!entry.wrong.empty()) {
    text += "\nWrong:\n\n" + fenced(entry.wrong) + "\nRight:\n\n" + fenced(entry.right);
  }
  for (const AllowedNames& allowed : names) {
    if (allowed.code != entry.code) continue;
    text += fmt::format("\nAllowed in {}: `{}`\n", allowed.kind, join(allowed.names, "`, `"));
  }
  return text + "\n";
}

std::string_view chapter_of(int code) {
  switch (code / 100) {
    case 0:
      return "Notices at submission";
    case 1:
      return "The file: syntax, keys and values";
    case 2:
      return "Expressions";
    case 3:
      return "The graph of steps";
    case 4:
      return "Inputs, outputs and paths";
    case 5:
      return "Parallel steps";
    case 6:
      return "MLTable";
    case 7:
      return "Assets";
    case 8:
      return "Environments and compute";
    default:
      return "Failures at run time";
  }
}

}  // namespace

std::string explain(int code, const std::vector<AllowedNames>& names, std::size_t width) {
  const CatalogueEntry* entry = find_entry(code);
  if (entry == nullptr) return "";
  std::string text =
      fmt::format("{} ({}): {}\n\n", code_name(code), name_of(entry->level), entry->condition);
  text += fmt::format("    {}\n", readable_template(entry->message));
  if (!entry->help.empty()) text += fmt::format("    help: {}\n", readable_template(entry->help));
  text += "\n" + wrap(entry->meaning, width, "");
  text += example("Wrong", entry->wrong) + example("Right", entry->right);
  for (const AllowedNames& allowed : names) {
    if (allowed.code == code) text += allowed_in(allowed, width);
  }
  return text;
}

std::string explain_all(const std::vector<AllowedNames>& names) {
  std::string text =
      "# Diagnostics\n\n"
      "Everything Batchmill can complain about, by code. `batchmill explain CODE` shows one of "
      "them.\nThis page is written by `batchmill explain all`; edit `src/model/catalogue_*.cc` "
      "instead.\n\n";
  std::string_view chapter;
  for (const CatalogueEntry& entry : catalogue()) {
    if (chapter != chapter_of(entry.code)) {
      chapter = chapter_of(entry.code);
      text += fmt::format("## {}\n\n", chapter);
    }
    text += markdown_of(entry, names);
  }
  text.pop_back();
  return text;
}

}  // namespace batchmill::pipeline
