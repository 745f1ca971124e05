#include "pipeline/shell_words.h"

#include <map>

namespace batchmill::pipeline {

namespace {

class Splitter {
 public:
  void add(const WordPart& part) {
    if (part.whole) {
      take_escape();
      word_ += part.text;
      in_word_ = true;
      return;
    }
    for (const char c : part.text) add(c);
  }

  Words end() {
    take_escape();
    if (quote_ != 0) {
      result_.unclosed = quote_;
      result_.unclosed_ordinal = quote_ordinal_;
    }
    end_word();
    return std::move(result_);
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  // A backslash that nothing of this part follows stands for itself.
  void take_escape() {
    if (!escaped_) return;
    escaped_ = false;
    word_ += '\\';
    in_word_ = true;
  }

  void add(char c) {
    const std::size_t ordinal = seen_[c]++;
    if (escaped_) {
      escaped_ = false;
      add_escaped(c);
    } else if (quote_ != 0) {
      add_quoted(c);
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '\'' || c == '"') {
      quote_ = c;
      quote_ordinal_ = ordinal;
      in_word_ = true;
    } else if (is_blank(c)) {
      end_word();
    } else {
      word_ += c;
      in_word_ = true;
    }
  }

  void add_escaped(char c) {
    in_word_ = in_word_ || c != '\n';
    if (c == '\n') return;
    const bool special = c == '"' || c == '\\' || c == '$' || c == '`';
    if (quote_ == '"' && !special) word_ += '\\';
    word_ += c;
  }

  void add_quoted(char c) {
    if (c == quote_) {
      quote_ = 0;
    } else if (c == '\\' && quote_ == '"') {
      escaped_ = true;
    } else {
      word_ += c;
    }
  }

  void end_word() {
    if (in_word_) result_.words.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  Words result_;
  std::string word_;
  bool in_word_ = false;
  bool escaped_ = false;
  char quote_ = 0;  // 0: outside quotes
  std::size_t quote_ordinal_ = 0;
  std::map<char, std::size_t> seen_;
};

}  // namespace

Words split_words(const std::vector<WordPart>& parts) {
  Splitter splitter;
  for (const WordPart& part : parts) splitter.add(part);
  return splitter.end();
}

}  // namespace batchmill::pipeline
