#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/yaml/document.h"
#include "base/yaml/edit.h"
#include "model/diagnostic.h"

// The one table of everything Batchmill can complain about (messages.md 2.3, 3.2 and 5). Program,
// `batchmill explain`, documents and tests read this table.
namespace batchmill {

struct CatalogueEntry {
  int code = 0;  // never reused
  Level level = Level::kError;
  std::string_view condition;  // two or three words: "unknown key"
  // Templates with {name} placeholders ("${{" is text). {near} is the suggestions as "write 'x'" or
  // "write 'x' or 'y'". A part between '<' and '>' is left out when a placeholder in it has no
  // value; a help with such a placeholder outside of '<' and '>' is left out as a whole.
  std::string_view message;
  std::string_view help;
  std::string_view meaning;  // one or two sentences for `explain`
  std::string_view wrong;    // example; may be empty
  std::string_view right;
};

// All entries, ascending by code.
std::span<const CatalogueEntry> catalogue();
const CatalogueEntry* find_entry(int code);  // null: no such code
// "BM105", "BM001"
std::string code_name(int code);
// From "BM105", "bm105" or "105"; 0 if it is none of ours.
int code_from(std::string_view text);
// The names between braces outside of '<' and '>', and those inside; in order of first use.
std::vector<std::string> placeholders(std::string_view text);
std::vector<std::string> optional_placeholders(std::string_view text);
// The template for reading: {k} becomes <k>, {near} becomes "write '<nearest>'".
std::string readable_template(std::string_view text);

// Makes one diagnostic from its code and named arguments:
//
//   diagnose(105, key.place()).with("k", "mini_batch_sise").with("kind", "a parallel step")
//       .at("jobs.score.mini_batch_sise").found("mini_batch_sise").allowed(keys).near(keys)
//
// Ends by conversion to Diagnostic (or build()).
class DiagnosticBuilder {
 public:
  DiagnosticBuilder(int code, SourcePlace place);

  DiagnosticBuilder& with(std::string name, std::string value);  // value of a placeholder
  DiagnosticBuilder& at(std::string path);                       // YAML path
  DiagnosticBuilder& found(std::string text);
  DiagnosticBuilder& value(const yaml::Value& value);  // for the JSON form
  DiagnosticBuilder& allowed(std::vector<std::string> names);
  DiagnosticBuilder& suggest(std::vector<std::string> names);  // nearest first
  // Suggests the names nearest to `found` (messages.md 2.1); call after found().
  DiagnosticBuilder& near(const std::vector<std::string>& names);
  DiagnosticBuilder& note(SourcePlace place, std::string text);
  // Adds the note "written here" for a value that is used by alias or merge.
  DiagnosticBuilder& note_anchor(const yaml::Value& value);
  DiagnosticBuilder& help(std::string text);  // instead of the table's
  DiagnosticBuilder& level(Level level);      // instead of the table's

  // Placeholders of the message without a value; a correct caller leaves none.
  std::vector<std::string> missing() const;
  Diagnostic build() const;
  operator Diagnostic() const { return build(); }  // NOLINT(google-explicit-constructor)

 private:
  Diagnostic diagnostic_;
  std::vector<std::pair<std::string, std::string>> arguments_;
  std::string own_help_;
};

DiagnosticBuilder diagnose(int code, SourcePlace place);
// The place of use, with a note for the anchor where they differ.
DiagnosticBuilder diagnose(int code, const yaml::Value& value);

// BM102, BM103 or BM104 for a problem of the text itself.
Diagnostic diagnose(const yaml::Problem& problem);
// BM113 for a path through a reference; the other kinds are usage errors of the command line.
Diagnostic diagnose(const yaml::SetProblem& problem);

// "write 'a'", "write 'a' or 'b'", "write 'a', 'b' or 'c'"; "" for none.
std::string write_one_of(const std::vector<std::string>& names);

}  // namespace batchmill
