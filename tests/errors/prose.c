Homework 3, due on Friday.
Write a program that creates three children and waits for them.
